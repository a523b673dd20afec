-- Machines that reach no server work by a file.

-- +goose Up

ALTER TABLE activations ADD COLUMN file_until BIGINT; -- the end of the file; null: none was made in the dashboard
