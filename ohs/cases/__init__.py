"""Cases: one number, one owner at any time, a clock for every duty."""
