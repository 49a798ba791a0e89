# Tests of the Train screen.
foreach(name train_presenter train_recipe train_preflight train_window train_start train_pictures chart_board)
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
