# Tests of the Train screen.
foreach(name train_presenter train_presenter_runs train_recipe train_preflight train_window train_start train_record train_pictures chart_board)
  fettle_add_test(NAME test_ui_${name} SOURCES test_${name}.cpp LINK fettle_ui Qt6::Widgets LABELS ui TIMEOUT 180)
endforeach()
# Half a million events: minutes, so only with --full.
fettle_add_test(NAME test_ui_train_load SOURCES test_train_load.cpp LINK fettle_ui Qt6::Widgets LABELS "ui;slow" TIMEOUT 600)
if(TARGET fettle_engine_module)
  fettle_add_test(NAME test_ui_train_engine SOURCES test_train_engine.cpp LINK fettle_ui Qt6::Widgets LABELS ui TIMEOUT 300
    ENVIRONMENT "FETTLE_ENGINE_MODULE=$<TARGET_FILE:fettle_engine_module>")
  add_dependencies(test_ui_train_engine fettle_engine_module)
endif()
# Look inside a run.
foreach(name train_inside inside_pictures)
  fettle_add_test(NAME test_ui_${name} SOURCES test_${name}.cpp LINK fettle_ui Qt6::Widgets LABELS ui TIMEOUT 180)
endforeach()
if(TARGET fettle_engine_module)
  fettle_add_test(NAME test_ui_inside_engine SOURCES test_inside_engine.cpp LINK fettle_ui Qt6::Widgets LABELS ui TIMEOUT 300
    ENVIRONMENT "FETTLE_ENGINE_MODULE=$<TARGET_FILE:fettle_engine_module>")
  add_dependencies(test_ui_inside_engine fettle_engine_module)
endif()
# The Runs pane; runs of their own process are played by a stand-in for the command line program.
add_executable(fake_fettle "${CMAKE_CURRENT_SOURCE_DIR}/fake_fettle.cpp")
target_link_libraries(fake_fettle PRIVATE fettle_train_api)
fettle_add_test(NAME test_ui_runs_pane SOURCES test_runs_pane.cpp LINK fettle_ui Qt6::Widgets LABELS ui TIMEOUT 240)
target_compile_definitions(test_ui_runs_pane PRIVATE FETTLE_FAKE_PROGRAM="$<TARGET_FILE:fake_fettle>")
add_dependencies(test_ui_runs_pane fake_fettle)
