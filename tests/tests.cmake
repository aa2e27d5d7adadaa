# SPDX-License-Identifier: GPL-2.0-or-later

# config/quickstart does not install what only tests need; tests/run does.
pkg_check_modules(check IMPORTED_TARGET check)
if(NOT check_FOUND)
	message(STATUS "no tests: they need Check (Debian: check)")
	return()
endif()

file(GLOB support CONFIGURE_DEPENDS tests/support/*.c)
list(REMOVE_ITEM support ${CMAKE_SOURCE_DIR}/tests/support/fuzz_main.c)
add_library(support STATIC ${support})
target_link_libraries(support PUBLIC app PkgConfig::check)

# A test that takes as long hangs: a busy machine is never meant.
set(hang 900)

# Unit tests: Check, one program a source file, label "unit".
file(GLOB_RECURSE unit_tests CONFIGURE_DEPENDS tests/*/test_*.c)
foreach(source ${unit_tests})
	file(RELATIVE_PATH path ${CMAKE_SOURCE_DIR}/tests ${source})
	string(REGEX REPLACE "^(.*)/test_(.*)\\.c$" "\\1/\\2" name ${path})
	string(REPLACE "/" "_" target test_${name})
	add_executable(${target} ${source})
	target_link_libraries(${target} support)
	if(path MATCHES "^(lab|e2e)/")
		set(label lab) # needs a prepared lane: tests/run makes one
		set(limit 1800)
	elseif(path MATCHES "^server/")
		set(label server) # starts servers, or boxes of our own program
		set(limit ${hang})
	else()
		set(label unit)
		set(limit ${hang})
	endif()
	add_test(NAME ${label}.${name} COMMAND ${target}
		WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
	set_tests_properties(${label}.${name} PROPERTIES
		LABELS ${label} TIMEOUT ${limit} SKIP_RETURN_CODE 77)
	if(NOT label STREQUAL unit)
		set_tests_properties(${label}.${name} PROPERTIES RUN_SERIAL ON)
	endif()
endforeach()

# Fuzz targets: libFuzzer with clang, else one pass over the fixtures. A target
# fuzz_X reads tests/fixtures/X/.
file(GLOB fuzzers CONFIGURE_DEPENDS tests/fuzz/fuzz_*.c)
foreach(source ${fuzzers})
	string(REGEX REPLACE "^.*/fuzz_(.*)\\.c$" "\\1" name ${source})
	add_executable(fuzz_${name} ${source})
	target_link_libraries(fuzz_${name} app)
	if(COLLIDER_LIBFUZZER)
		target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
		set(runs -runs=0 -artifact_prefix=${CMAKE_BINARY_DIR}/)
	else()
		target_sources(fuzz_${name} PRIVATE tests/support/fuzz_main.c)
		set(runs)
	endif()
	add_test(NAME fuzz.${name}
		COMMAND fuzz_${name} ${runs} ${CMAKE_SOURCE_DIR}/tests/fixtures/${name}
		WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
	set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT ${hang})
endforeach()

# What tests/bench/* measure with; built when asked for.
file(GLOB benches CONFIGURE_DEPENDS tests/bench/bench_*.c)
foreach(source ${benches})
	get_filename_component(name ${source} NAME_WE)
	add_executable(${name} EXCLUDE_FROM_ALL ${source})
	target_link_libraries(${name} app)
endforeach()

# cmake --build build --target bench: figures, as ratios in one run.
add_custom_target(bench
	COMMAND tests/bench/review
	COMMAND tests/bench/static || test $$? = 77
	COMMAND tests/bench/apply
	COMMAND tests/bench/patches
	COMMAND tests/bench/catalogue
	COMMAND tests/bench/repeat
	COMMAND tests/bench/series || test $$? = 77
	COMMAND tests/bench/intake || test $$? = 77
	COMMAND tests/bench/follow || test $$? = 77
	COMMAND tests/bench/send
	DEPENDS collider collide test_server_kills bench_apply bench_catalogue bench_intake bench_patches bench_run bench_series
		bench_static
	WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} USES_TERMINAL)

# Lints are tests. Those that analyse every path take minutes: label "static".
file(GLOB lints CONFIGURE_DEPENDS tests/lint/*.sh)
foreach(script ${lints})
	get_filename_component(name ${script} NAME_WE)
	if(name MATCHES "^(tidy|cppcheck)$")
		set(label static)
	else()
		set(label lint)
	endif()
	add_test(NAME ${label}.${name} COMMAND sh ${script} ${CMAKE_BINARY_DIR}
		WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
	set_tests_properties(${label}.${name} PROPERTIES
		LABELS ${label} TIMEOUT 1800)
endforeach()
