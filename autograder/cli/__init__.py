"""The command line: a parser, standard streams, and one thin module per command."""
