# Run by CPack on the installed files: makes what only a Debian package has, such as copyright and changelog.
set(ROOT ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr)
set(DOCUMENTATION ${ROOT}/share/doc/dropsweep)

# The loader finds the libraries, which other packages install, without a run path.
file(RPATH_REMOVE FILE ${ROOT}/bin/dropsweep)
execute_process(COMMAND strip --remove-section=.comment ${ROOT}/bin/dropsweep COMMAND_ERROR_IS_FATAL ANY)

# The licence in the machine-readable format of Debian.
file(READ ${CMAKE_CURRENT_LIST_DIR}/../../LICENSE LICENSE)
string(REGEX MATCH "Copyright \\(c\\) ([^\n]+)\n\n(.*)" MATCH "${LICENSE}")
set(COPYRIGHT ${CMAKE_MATCH_1})
string(REGEX REPLACE "\n\n" "\n.\n" LICENSE "${CMAKE_MATCH_2}")
string(REGEX REPLACE "\n(.)" "\n \\1" LICENSE "\n${LICENSE}")
configure_file(${CMAKE_CURRENT_LIST_DIR}/copyright.in ${DOCUMENTATION}/copyright @ONLY)

string(TIMESTAMP DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(${CMAKE_CURRENT_LIST_DIR}/changelog.in ${DOCUMENTATION}/changelog.Debian @ONLY)
execute_process(COMMAND gzip -9n ${DOCUMENTATION}/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)
