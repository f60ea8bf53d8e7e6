SELECT 'a;b', 'it''s; one', '', '\'; SELECT 2;
SELECT E'a\';b', e'\\', E'''\';', E'\\\';'; SELECT 3;
SELECT U&'d\0061t\+000061;' UESCAPE '!', u&"d!0061;" UESCAPE '!', B'10;', x'1F;', N'n;', n'\'; SELECT 4;
SELECT fe'x\'; SELECT E 'x\'; SELECT 5;
SELECT 'line
;
break'; SELECT 6;
