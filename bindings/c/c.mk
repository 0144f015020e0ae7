# The C library: included by the Makefile of the project.
