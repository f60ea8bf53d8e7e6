SET standard_conforming_strings = on; SET LOCAL standard_conforming_strings TO 'on'; set standard_conforming_strings to TRUE;
SET standard_conforming_strings = off; SET SESSION standard_conforming_strings = 0; SET standard_conforming_strings TO DEFAULT;
RESET standard_conforming_strings; SET search_path = standard_conforming_strings; SHOW standard_conforming_strings;
