--
-- PostgreSQL database dump
--

\restrict qTzdAqQO7z5DAPaeLfsWCKaLaQIsoHULp2toMcOmOtwcqfFpyuYzw345vpZ42RQ

-- Dumped from database version 17.12
-- Dumped by pg_dump version 17.12

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: add(integer, integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add(a integer, b integer) RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT 1;
 SELECT
         CASE
             WHEN (a > 1) THEN
             CASE b
                 WHEN 2 THEN 3
                 ELSE 4
             END
             ELSE (a + b)
         END AS "case";
END;


--
-- Name: classic(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.classic() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
DECLARE
  -- it's a comment; with a quote
  x text := 'it''s';
BEGIN
  IF x = 'a;b' THEN
    RETURN NULL;
  END IF;
  EXECUTE $q$ INSERT INTO log (note) VALUES ('from a trigger;') $q$;
  RETURN NEW;
END;
$_$;


--
-- Name: old_style(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.old_style() RETURNS text
    LANGUAGE plpgsql
    AS $$
BEGIN
  RETURN '1;';
END;
$$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: log; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.log (
    id integer NOT NULL,
    note text
);


--
-- Name: TABLE log; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.log IS 'the end;';


--
-- Name: p(); Type: PROCEDURE; Schema: public; Owner: -
--

CREATE PROCEDURE public.p()
    LANGUAGE sql
    BEGIN ATOMIC
 INSERT INTO public.log (note)
   VALUES ('p'::text);
END;


--
-- Name: q(); Type: PROCEDURE; Schema: public; Owner: -
--

CREATE PROCEDURE public.q()
    LANGUAGE sql
    BEGIN ATOMIC
END;


--
-- Name: r(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.r() RETURNS integer
    LANGUAGE sql
    RETURN 1;


--
-- Name: start(integer, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.start(begin integer, "end" text DEFAULT ';'::text) RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 INSERT INTO public.log (note)
   VALUES ('END;'::text);
 SELECT begin AS begin;
END;


--
-- Name: @-; Type: OPERATOR; Schema: public; Owner: -
--

CREATE OPERATOR public.@- (
    FUNCTION = public.add,
    LEFTARG = integer,
    RIGHTARG = integer
);


--
-- Name: a;b; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public."a;b" (
    "c""d;" text,
    "--" text,
    "/*" text
);


--
-- Name: COLUMN "a;b"."--"; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public."a;b"."--" IS 'tab	;\';


--
-- Name: data; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.data (
    a integer,
    b text
);


--
-- Name: größe; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public."größe" (
    "имя" text,
    "a$b$" integer
);


--
-- Name: log_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: v; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.v AS
 SELECT
        CASE
            WHEN (note = ';'::text) THEN 1
            ELSE 2
        END AS "end",
    1 AS "case"
   FROM public.log;


--
-- Data for Name: a;b; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public."a;b" ("c""d;", "--", "/*") FROM stdin;
;	--	/*
x	y	z
a;b	)	;
it's; one	)	;
\.


--
-- Data for Name: data; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.data (a, b) FROM stdin;
1	a;b
2	it's -- no comment /* here
3	\\.
4	multi\nline; 'quote
5	$$
6	\N
\.


--
-- Data for Name: größe; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public."größe" ("имя", "a$b$") FROM stdin;
日本;語	1
日本;語	2
\.


--
-- Data for Name: log; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.log (id, note) FROM stdin;
3	it's; two\\
4	\\
5	data;
6	n;
7	d;'
8	 $$;$$ $y$;$y$ 
9	a;
10	after a nested comment
11	multi\n; line\n
12	1000011111
13	10
14	1
15	1
16	4
17	from a trigger;
18	1;
19	3
20	END;
21	END;
22	p
23	from a trigger;
24	from a trigger;
1	a;b;
2	it's; one;
25	$do;
26	$q;
27	in a transaction
30	3
31	no final semicolon
\.


--
-- Name: log_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.log_id_seq', 31, true);


--
-- Name: log r; Type: RULE; Schema: public; Owner: -
--

CREATE RULE r AS
    ON UPDATE TO public.log DO ( INSERT INTO public."a;b" ("c""d;", "--", "/*")
  VALUES (old.note, ')'::text, ';'::text);
 DELETE FROM public."größe"
  WHERE ("größe"."имя" = old.note);
);


--
-- Name: a;b t; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER t BEFORE INSERT ON public."a;b" FOR EACH ROW EXECUTE FUNCTION public.classic();


--
-- PostgreSQL database dump complete
--

\unrestrict qTzdAqQO7z5DAPaeLfsWCKaLaQIsoHULp2toMcOmOtwcqfFpyuYzw345vpZ42RQ

