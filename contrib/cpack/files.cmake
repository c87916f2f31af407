# Run by cpack in the folder of what it has installed, one for each component: the files that are
# Debian's alone, and what is compressed in a Debian package.
set(contrib ${CPACK_SOURCE_OF_FILES}/contrib)
# The folders below are whole names already.
set(ENV{DESTDIR})

# documents(COMPONENT PACKAGE): those that each package has
function(documents component package)
	set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/${component})
	set(doc ${root}/usr/share/doc/${package})
	file(INSTALL ${contrib}/debian/copyright DESTINATION ${doc})
	file(INSTALL ${contrib}/debian/changelog DESTINATION ${doc} RENAME changelog.Debian)
	if(EXISTS ${contrib}/CHANGELOG.md)
		file(INSTALL ${contrib}/CHANGELOG.md DESTINATION ${doc} RENAME changelog)
	endif()
	file(INSTALL ${contrib}/debian/${package}.lintian-overrides DESTINATION ${root}/usr/share/lintian/overrides
		RENAME ${package})
endfunction()

# compress(COMPONENT PACKAGE): manuals and changelogs, and other documents from 4 KiB on, but for examples
function(compress component package)
	set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/${component})
	file(GLOB_RECURSE manuals ${root}/usr/share/man/*)
	file(GLOB documents ${root}/usr/share/doc/${package}/*)
	foreach(file ${manuals} ${documents})
		if(IS_DIRECTORY ${file} OR file MATCHES "/copyright$")
			continue()
		endif()
		file(SIZE ${file} size)
		if(size GREATER 4096 OR NOT file MATCHES "/doc/" OR file MATCHES "/changelog[^/]*$")
			execute_process(COMMAND gzip -9nf ${file} COMMAND_ERROR_IS_FATAL ANY)
		endif()
	endforeach()
endfunction()

file(INSTALL ${contrib}/tlsrpt.conf DESTINATION ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/ingest/etc)
file(INSTALL ${contrib}/debian/README.Debian
	DESTINATION ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/ingest/usr/share/doc/tlsrpt-ingest)
documents(ingest tlsrpt-ingest)
compress(ingest tlsrpt-ingest)
if(IS_DIRECTORY ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/pgsql)
	documents(pgsql tlsrpt-ingest-pgsql)
	compress(pgsql tlsrpt-ingest-pgsql)
endif()
