# find_package(WeirSDK): target weir::sdk (headers only) and weir_plugin(). The tool that writes
# manifests is compiled with the flags of the project that uses it: a plugin with a sanitizer can
# only be opened by a program that has it too.
include_guard(GLOBAL)

get_filename_component(weir_sdk_root ${CMAKE_CURRENT_LIST_DIR}/.. ABSOLUTE)

if(NOT TARGET weir::sdk)
  add_library(weir_sdk INTERFACE)
  add_library(weir::sdk ALIAS weir_sdk)
  target_include_directories(weir_sdk INTERFACE ${weir_sdk_root}/include)
  target_compile_features(weir_sdk INTERFACE cxx_std_20)
endif()

if(NOT TARGET weir-manifest)
  add_executable(weir-manifest
    ${weir_sdk_root}/manifest/main.cc ${weir_sdk_root}/manifest/render.cc)
  target_link_libraries(weir-manifest PRIVATE weir::sdk ${CMAKE_DL_LIBS})
endif()

include(${CMAKE_CURRENT_LIST_DIR}/WeirPlugin.cmake)
