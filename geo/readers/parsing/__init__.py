"""What runs in the sandbox: an uploaded file in, plain cells and checked WKB out.

The child process imports this package from its folder as `parsing`, so that it never loads
`geo.readers` with its heavy imports; hence the relative imports between these modules, and only
the standard library, numpy, pyogrio, openpyxl and `geo.errors` beside them.
"""
