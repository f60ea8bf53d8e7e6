SELECT $a$ never $b$ closed; SELECT 2;
