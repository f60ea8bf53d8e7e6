-- a comment
CREATE TABLE a (
  id int -- key;
);
SELECT $$x
;
$$;
