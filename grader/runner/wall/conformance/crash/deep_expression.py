# Is an expression nested too deep for the parser.
# outcome: crashed MemoryError or SyntaxError or RecursionError or out_of_memory

compile("(" * 100_000 + ")" * 100_000, "deep", "eval")
