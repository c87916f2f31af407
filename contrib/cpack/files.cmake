# Run by cpack in the folder of what it has installed: the files that are Debian's alone, and what is
# compressed in a Debian package.
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY})
set(doc ${root}/usr/share/doc/tlsrpt-ingest)
set(contrib ${CPACK_SOURCE_OF_FILES}/contrib)
# The folders below are whole names already.
set(ENV{DESTDIR})

file(INSTALL ${contrib}/tlsrpt.conf DESTINATION ${root}/etc)
file(INSTALL ${contrib}/debian/README.Debian DESTINATION ${doc})
file(INSTALL ${contrib}/debian/changelog DESTINATION ${doc} RENAME changelog.Debian)
if(EXISTS ${contrib}/CHANGELOG.md)
	file(INSTALL ${contrib}/CHANGELOG.md DESTINATION ${doc} RENAME changelog)
endif()
file(INSTALL ${contrib}/debian/tlsrpt-ingest.lintian-overrides DESTINATION ${root}/usr/share/lintian/overrides
	RENAME tlsrpt-ingest)

# Manuals and changelogs, and other documents from 4 KiB on, but for examples.
file(GLOB_RECURSE manuals ${root}/usr/share/man/*)
file(GLOB documents ${doc}/*)
foreach(file ${manuals} ${documents})
	if(IS_DIRECTORY ${file} OR file MATCHES "/copyright$")
		continue()
	endif()
	file(SIZE ${file} size)
	if(size GREATER 4096 OR NOT file MATCHES "/doc/" OR file MATCHES "/changelog[^/]*$")
		execute_process(COMMAND gzip -9nf ${file} COMMAND_ERROR_IS_FATAL ANY)
	endif()
endforeach()
