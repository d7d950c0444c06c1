# Run by CPack on the installed files: what a Debian package has and a prefix of one's own has not.
set(ROOT ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr)
set(DOCUMENTATION ${ROOT}/share/doc/dropsweep)

# The libraries are those of packages, which the loader finds.
file(RPATH_REMOVE FILE ${ROOT}/bin/dropsweep)
execute_process(COMMAND strip --remove-section=.comment ${ROOT}/bin/dropsweep COMMAND_ERROR_IS_FATAL ANY)

# The licence, as the machine-readable format wants it.
file(READ ${CMAKE_CURRENT_LIST_DIR}/../../LICENSE LICENSE)
string(REGEX MATCH "Copyright \\(c\\) ([^\n]+)\n\n(.*)" MATCH "${LICENSE}")
set(COPYRIGHT ${CMAKE_MATCH_1})
string(REGEX REPLACE "\n\n" "\n.\n" LICENSE "${CMAKE_MATCH_2}")
string(REGEX REPLACE "\n(.)" "\n \\1" LICENSE "\n${LICENSE}")
configure_file(${CMAKE_CURRENT_LIST_DIR}/copyright.in ${DOCUMENTATION}/copyright @ONLY)

string(TIMESTAMP DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(${CMAKE_CURRENT_LIST_DIR}/changelog.in ${DOCUMENTATION}/changelog.Debian @ONLY)
execute_process(COMMAND gzip -9n ${DOCUMENTATION}/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)
