# The warnings and the hardening that every target is built with.  SPDX-License-Identifier: MIT
include(CheckCCompilerFlag)
include(CheckLinkerFlag)
set(hark_wanted -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wformat=2 -Wcast-qual
  -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wvla -Walloca -Wundef -Wnull-dereference
  -Wdouble-promotion -Wimplicit-fallthrough -Wduplicated-cond -Wlogical-op -Wbidi-chars=any
  -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion
  -fno-strict-aliasing -fno-delete-null-pointer-checks -fno-common)
if(NOT HARK_SANITIZE AND NOT HARK_FUZZ)
  list(APPEND hark_wanted -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
    -ftrivial-auto-var-init=zero)
endif()
if(HARK_WERROR)
  list(APPEND hark_wanted -Werror)
endif()
set(HARK_C_FLAGS)
foreach(flag ${hark_wanted})
  string(MAKE_C_IDENTIFIER "have${flag}" have)
  check_c_compiler_flag(${flag} ${have})
  if(${have})
    list(APPEND HARK_C_FLAGS ${flag})
  endif()
endforeach()
set(HARK_LINK_FLAGS -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed)
if(HARK_SANITIZE)
  list(APPEND HARK_C_FLAGS -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  list(APPEND HARK_LINK_FLAGS -fsanitize=address,undefined)
elseif(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  list(APPEND HARK_C_FLAGS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
if(HARK_FUZZ)
  list(APPEND HARK_C_FLAGS -fsanitize=fuzzer-no-link)
endif()
# Builds in different folders are equal.
list(APPEND HARK_C_FLAGS -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)

function(hark_flags target)
  target_compile_options(${target} PRIVATE ${HARK_C_FLAGS})
  target_link_options(${target} PRIVATE ${HARK_LINK_FLAGS})
endfunction()
