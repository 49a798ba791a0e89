# Tests of the labeling queue; those of the screen need the row store and its door in the workspace.
fettle_add_test(NAME test_ui_label_queue SOURCES test_label_queue.cpp LINK fettle_ui Qt6::Widgets LABELS ui TIMEOUT 60)
if(EXISTS "${CMAKE_SOURCE_DIR}/core/project/row_store.cpp" AND EXISTS "${CMAKE_SOURCE_DIR}/ui/workspace/project_rows.h")
  foreach(name label_presenter label_window label_pictures)
    fettle_add_test(NAME test_ui_${name} SOURCES test_${name}.cpp LINK fettle_ui Qt6::Widgets LABELS ui TIMEOUT 300)
  endforeach()
endif()
