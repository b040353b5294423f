-- With which program somebody logged in, as it names itself: by that they know which of their sessions is which.

ALTER TABLE session ADD COLUMN user_agent TEXT;
