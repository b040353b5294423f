-- Columns under the names by which the program knows what they hold.

ALTER TABLE agent RENAME COLUMN paused_by_house TO paused_by_system;
ALTER TABLE delivery RENAME COLUMN line TO order_key;
