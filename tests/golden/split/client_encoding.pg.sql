SET client_encoding = 'UTF8'; SET client_encoding TO utf8; set session client_encoding = 'utf-8'; SET LOCAL client_encoding TO 'Unicode';
SET "client_encoding" = "UTF_8"; SET NAMES 'utf8'; SET NAMES UTF8;
SET client_encoding = 'LATIN1'; SET client_encoding TO DEFAULT; SET NAMES; SET NAMES latin1; SET NAMES DEFAULT;
SET LOCAL client_encoding = sql_ascii; SET client_encoding FROM CURRENT; RESET client_encoding; SET CLIENT_ENCODING TO 'UTF8', 'x';
SET client_encoding = E'UTF8'; SET client_encoding = U&'UTF8';
SELECT set_config('client_encoding', 'UTF8', false); SET names.x = 'y'; SET client_encoding.x = 'y'; SET application_name = 'client_encoding';
RESET ALL; ALTER ROLE r SET client_encoding = 'LATIN1'; SHOW client_encoding;
