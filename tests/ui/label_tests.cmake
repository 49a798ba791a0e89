# Tests of the labeling queue.
fettle_add_test(NAME test_ui_label_queue SOURCES test_label_queue.cpp LINK fettle_ui Qt6::Widgets LABELS ui TIMEOUT 60)
