// Nothing but what every process has to say: what starting Node costs by itself.
process.exitCode = 0;
