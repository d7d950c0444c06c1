# Finds the libraries that dropsweep needs, and those of features that a build may be without.

if(POLICY CMP0167)
  cmake_policy(SET CMP0167 NEW)  # find_package(Boost) by Boost's own CMake package
endif()

# dropsweep_require(FOUND NAME DEBIAN-PACKAGE): a fatal error unless FOUND.
function(dropsweep_require FOUND NAME PACKAGE)
  if(NOT FOUND)
    message(FATAL_ERROR "${NAME} is not found; install it (Debian: ${PACKAGE}) or name its place in CMAKE_PREFIX_PATH")
  endif()
endfunction()

# dropsweep_find(NAME DEBIAN-PACKAGE ARGUMENT...): find_package that must succeed.
macro(dropsweep_find NAME PACKAGE)
  find_package(${NAME} ${ARGN} QUIET)
  string(REPLACE ";" " " WANTED "${NAME} ${ARGN}")
  dropsweep_require("${${NAME}_FOUND}" "${WANTED}" ${PACKAGE})
endmacro()

dropsweep_find(PkgConfig pkg-config)
dropsweep_find(MPI "libopenmpi-dev or libmpich-dev" 3.0 COMPONENTS C)
dropsweep_find(Boost "libboost-dev and libboost-program-options-dev" 1.74 COMPONENTS program_options)
dropsweep_find(fmt libfmt-dev 9)
dropsweep_find(nlohmann_json nlohmann-json3-dev 3.11)
dropsweep_find(OpenSSL libssl-dev COMPONENTS Crypto)
dropsweep_find(Threads libc6-dev)
pkg_check_modules(HWY QUIET IMPORTED_TARGET libhwy)
dropsweep_require("${HWY_FOUND}" Highway libhwy-dev)
find_path(RANDOM123_INCLUDE_DIR Random123/philox.h)
dropsweep_require("${RANDOM123_INCLUDE_DIR}" Random123 librandom123-dev)
find_path(XXHASH_INCLUDE_DIR xxhash.h)
dropsweep_require("${XXHASH_INCLUDE_DIR}" xxHash libxxhash-dev)

# dropsweep_feature(NAME FOUND BRINGS DEBIAN-PACKAGES [LAYER/SOURCE]...): a feature; DROPSWEEP_WITH_NAME=ON requires it,
# OFF leaves it out, AUTO has it if FOUND. Without it LAYER/without/SOURCE is compiled in place of each LAYER/SOURCE.
set(DROPSWEEP_WITH_ALL AUTO CACHE STRING "What each feature is unless DROPSWEEP_WITH_X says so: AUTO, ON or OFF")
set(DROPSWEEP_FEATURES)      # rows of the table in system/features.cpp
set(DROPSWEEP_FEATURE_LIST)  # lines to print at the end of the configuration
set(DROPSWEEP_LEFT_OUT)      # sources that are not compiled
set(DROPSWEEP_PRESENT)       # true or false for each
function(dropsweep_feature NAME FOUND BRINGS PACKAGES)
  set(DROPSWEEP_WITH_${NAME} ${DROPSWEEP_WITH_ALL} CACHE STRING "${BRINGS}: AUTO, ON or OFF")
  set(PRESENT false)
  if("${DROPSWEEP_WITH_${NAME}}" STREQUAL AUTO)
    if(FOUND)
      set(PRESENT true)
    endif()
  elseif(DROPSWEEP_WITH_${NAME})
    if(NOT FOUND)
      message(FATAL_ERROR "DROPSWEEP_WITH_${NAME}: what it needs is not found; install it (Debian: ${PACKAGES}) or set it to OFF")
    endif()
    set(PRESENT true)
  endif()
  string(TOLOWER ${NAME} WORD)
  list(APPEND DROPSWEEP_FEATURES "{\"${WORD}\", \"${BRINGS}\", \"${PACKAGES}\", ${PRESENT}},")
  if(PRESENT)
    list(TRANSFORM ARGN REPLACE "([^/]+)$" "without/\\1" OUTPUT_VARIABLE OTHERS)
    list(APPEND DROPSWEEP_LEFT_OUT ${OTHERS})
    set(LINE "on   ${WORD}: ${BRINGS}")
  else()
    list(APPEND DROPSWEEP_LEFT_OUT ${ARGN})
    set(LINE "off  ${WORD}: ${BRINGS} (Debian: ${PACKAGES})")
  endif()
  list(APPEND DROPSWEEP_FEATURE_LIST ${LINE})
  list(APPEND DROPSWEEP_PRESENT ${PRESENT})
  foreach(LIST FEATURES FEATURE_LIST LEFT_OUT PRESENT)
    set(DROPSWEEP_${LIST} ${DROPSWEEP_${LIST}} PARENT_SCOPE)
  endforeach()
  set(DROPSWEEP_HAS_${NAME} ${PRESENT} PARENT_SCOPE)
endfunction()

find_package(ZLIB QUIET)
dropsweep_feature(GZIP "${ZLIB_FOUND}" "compressed data (.gz)" zlib1g-dev data/uncompressed_file.cpp)
pkg_check_modules(LIBZIP QUIET IMPORTED_TARGET libzip)  # its CMake package also requires libzip's command line tools
dropsweep_feature(NPZ "${LIBZIP_FOUND}" "data as .npz, export --format npz, predictions.npz" libzip-dev system/npz.cpp)
find_path(LIBCSV_INCLUDE_DIR csv.h)
find_library(LIBCSV_LIBRARY csv)
if(LIBCSV_INCLUDE_DIR AND LIBCSV_LIBRARY)
  set(LIBCSV_FOUND TRUE)
endif()
dropsweep_feature(CSV "${LIBCSV_FOUND}" "tables as data, --settings" libcsv-dev data/csv_records.cpp)
find_package(Protobuf QUIET)  # before ONNX, which uses its targets
dropsweep_feature(TENSORBOARD "${Protobuf_FOUND}" "--tensorboard" "libprotobuf-dev, protobuf-compiler" record/tensorboard.cpp)
if(Protobuf_FOUND)
  find_package(ONNX 1.12 CONFIG QUIET)
endif()
dropsweep_feature(ONNX "${ONNX_FOUND}" "export --format onnx" "libonnx-dev, libprotobuf-dev" nn/onnx_file.cpp)
foreach(PART onnx onnx_proto)
  if(ONNX_FOUND AND NOT TARGET ONNX::${PART})  # ONNX before 1.14
    add_library(ONNX::${PART} ALIAS ${PART})
  endif()
endforeach()
find_package(OpenMP QUIET)
# The CMake package of oneDNN also requires OpenCL.
find_path(DNNL_INCLUDE_DIR dnnl.hpp)
find_library(DNNL_LIBRARY dnnl)
if(DNNL_LIBRARY AND DNNL_INCLUDE_DIR AND OpenMP_CXX_FOUND)
  set(DNNL_FOUND TRUE)
endif()
dropsweep_feature(ONEDNN "${DNNL_FOUND}" "--precision bf16" libdnnl-dev linalg/onednn.cpp)
find_program(GNUPLOT gnuplot)  # the program looks for it again when it draws
dropsweep_feature(GNUPLOT "${GNUPLOT}" "plots" gnuplot-nox)

# OpenBLAS, or else any BLAS with cblas.h.
pkg_check_modules(OPENBLAS QUIET IMPORTED_TARGET openblas)
dropsweep_feature(OPENBLAS "${OPENBLAS_FOUND}" "--gemm openblas with its own threads and kernels" libopenblas-dev
  linalg/openblas.cpp)
if(DROPSWEEP_HAS_OPENBLAS)
  add_library(dropsweep_blas ALIAS PkgConfig::OPENBLAS)
else()
  find_package(BLAS QUIET)
  find_path(CBLAS_INCLUDE_DIR cblas.h PATH_SUFFIXES ${CMAKE_LIBRARY_ARCHITECTURE})
  if(BLAS_FOUND AND CBLAS_INCLUDE_DIR)
    set(CBLAS_FOUND TRUE)
  endif()
  dropsweep_require("${CBLAS_FOUND}" "a BLAS with cblas.h" libopenblas-dev)
  add_library(dropsweep_blas INTERFACE)
  target_include_directories(dropsweep_blas SYSTEM INTERFACE ${CBLAS_INCLUDE_DIR})
  target_link_libraries(dropsweep_blas INTERFACE BLAS::BLAS)
endif()
