"""The command line: a parser, standard streams, one thin module a command. Grades nothing."""
