"""GDPRbench (VLDB 2020), written anew from the facts its authors published."""
