-- nothing here; not even this
/* nor; here */