-- Bodies of some kilobytes are read soon after they are written, and written more than once on their way
-- through the log: as they are, beside the rest of their row, they cost less than compressed or apart.
-- only postgres
ALTER TABLE event SET (toast_tuple_target = 8160);
ALTER TABLE event_staged SET (toast_tuple_target = 8160);
ALTER TABLE delivery_body SET (toast_tuple_target = 8160);
ALTER TABLE attempt SET (toast_tuple_target = 8160);
-- end
