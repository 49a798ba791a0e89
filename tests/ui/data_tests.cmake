#Tests of the Data screen.
foreach (name data_table data_window data_pictures)
fettle_add_test(NAME test_ui_${name} SOURCES test_${name}.cpp LINK fettle_ui Qt6::Widgets LABELS ui TIMEOUT 180)
    endforeach()
