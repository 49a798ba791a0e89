# fettle_options: language level, warnings and sanitizers of every target of ours. fettle_qt_options: the Qt defines on top.
add_library(fettle_options INTERFACE)
target_compile_features(fettle_options INTERFACE cxx_std_20)
target_compile_options(fettle_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wcast-qual -Woverloaded-virtual -Wnon-virtual-dtor
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict> # false alarm of g++ 12 on std::string +
  $<$<BOOL:${FETTLE_WERROR}>:-Werror>)
target_include_directories(fettle_options INTERFACE "${CMAKE_SOURCE_DIR}/core")
find_package(Threads REQUIRED)
target_link_libraries(fettle_options INTERFACE Threads::Threads)
target_compile_definitions(fettle_options INTERFACE FETTLE_VERSION="${PROJECT_VERSION}")

if(FETTLE_SANITIZE STREQUAL "address")
  target_compile_options(fettle_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(fettle_options INTERFACE -fsanitize=address,undefined)
elseif(FETTLE_SANITIZE STREQUAL "thread")
  target_compile_options(fettle_options INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_link_options(fettle_options INTERFACE -fsanitize=thread)
elseif(FETTLE_SANITIZE)
  message(FATAL_ERROR "FETTLE_SANITIZE is '${FETTLE_SANITIZE}'; use address, thread or leave it empty")
endif()

add_library(fettle_qt_options INTERFACE)
target_compile_definitions(fettle_qt_options INTERFACE
  QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_BYTEARRAY QT_NO_NARROWING_CONVERSIONS_IN_CONNECT
  QT_STRICT_ITERATORS QT_USE_QSTRINGBUILDER QT_DISABLE_DEPRECATED_BEFORE=0x060400)
target_link_libraries(fettle_qt_options INTERFACE fettle_options)

# fettle_add_library(NAME SOURCES … [LINK …] [PRIVATE_LINK …]): a static library of core/ with the shared options.
function(fettle_add_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC fettle_options ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK})
endfunction()
