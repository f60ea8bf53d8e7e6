# SPDX-License-Identifier: Apache-2.0
# headgate_layer(path SEES layers… USES third-party…): the folder src/path as library headgate_<path with _>.
# SEES lists the layers it may include (tests/architecture checks the same table against the #include lines).
function(headgate_layer path)
    cmake_parse_arguments(LAYER "" "" "SEES;USES" ${ARGN})
    string(REPLACE "/" "_" name "headgate_${path}")
    file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${path}/*.cpp")
    if(sources)
        add_library(${name} STATIC ${sources})
        target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}/src")
        target_link_libraries(${name} PUBLIC ${LAYER_SEES} PRIVATE headgate_compiling ${LAYER_USES})
    else()
        add_library(${name} INTERFACE)
        target_include_directories(${name} INTERFACE "${PROJECT_SOURCE_DIR}/src")
        target_link_libraries(${name} INTERFACE ${LAYER_SEES})
    endif()
endfunction()
