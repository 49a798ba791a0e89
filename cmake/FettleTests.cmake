# fettle_add_test(NAME name SOURCES … LINK … LABELS … [TIMEOUT seconds] [ENVIRONMENT name=value …]): one Qt Test program with a private home. The label decides when it runs
# (unit golden ui cli locale arch slow fuzz crash bench gpu; tsan = also run under the thread sanitizer).
set(CMAKE_AUTOMOC_COMPILER_PREDEFINES ON)
add_library(fettle_test_start OBJECT "${CMAKE_SOURCE_DIR}/tests/support/locale_start.cpp")
target_link_libraries(fettle_test_start PRIVATE fettle_options)
function(fettle_add_test)
  cmake_parse_arguments(ARG "" "NAME;TIMEOUT" "SOURCES;LINK;LABELS;ENVIRONMENT" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${ARG_NAME} ${ARG_SOURCES} $<TARGET_OBJECTS:fettle_test_start>)
  set_target_properties(${ARG_NAME} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  target_link_libraries(${ARG_NAME} PRIVATE fettle_qt_options ${ARG_LINK} Qt6::Test)
  target_include_directories(${ARG_NAME} PRIVATE "${CMAKE_SOURCE_DIR}/tests")
  target_compile_options(${ARG_NAME} PRIVATE -O1) # what is tested is optimised as shipped; the test itself need not be, and compiles faster
  target_compile_definitions(${ARG_NAME} PRIVATE FETTLE_SOURCE_DIR="${CMAKE_SOURCE_DIR}" FETTLE_GOLDEN_DIR="${CMAKE_SOURCE_DIR}/tests/golden"
    FETTLE_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
  add_test(NAME ${ARG_NAME} COMMAND "${CMAKE_SOURCE_DIR}/tests/support/private_home.sh" "$<TARGET_FILE:${ARG_NAME}>")
  set_tests_properties(${ARG_NAME} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8;TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/support/tsan.supp;${ARG_ENVIRONMENT}")
endfunction()

# fettle_also_in_german(test…): runs tests a second time under de_DE.UTF-8 (decimal commas) with setlocale called as QApplication does. The locale is built into the build folder.
function(fettle_also_in_german)
  set(folder "${CMAKE_BINARY_DIR}/tests/locale")
  if(NOT TEST german_locale)
    add_test(NAME german_locale COMMAND "${CMAKE_SOURCE_DIR}/tests/support/make_locale.sh" "${folder}")
    set_tests_properties(german_locale PROPERTIES LABELS locale FIXTURES_SETUP german_locale TIMEOUT 60)
  endif()
  foreach(name ${ARGN})
    if(TARGET ${name})
      add_test(NAME ${name}_german COMMAND "${CMAKE_SOURCE_DIR}/tests/support/private_home.sh" "$<TARGET_FILE:${name}>")
      set_tests_properties(${name}_german PROPERTIES LABELS locale TIMEOUT 120 FIXTURES_REQUIRED german_locale
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LOCPATH=${folder};LC_ALL=de_DE.UTF-8;FETTLE_TEST_LOCALE=de_DE.UTF-8")
    endif()
  endforeach()
endfunction()
