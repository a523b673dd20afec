-- What is asked all the time, and what is swept up, is found by an index.

-- +goose Up

CREATE INDEX components_license ON components (license_id) WHERE ended_at IS NULL;
CREATE INDEX licenses_culling ON licenses (id) WHERE ended_at IS NULL AND terms LIKE '%DEACTIVATE_DEAD%';
CREATE INDEX processes_living ON processes (id) WHERE ended_at IS NULL;
CREATE INDEX processes_ended ON processes (ended_at) WHERE ended_at IS NOT NULL;

-- What an ended license was activated on ends with it.
UPDATE activations SET ended_why = 'license', ended_at = (SELECT l.ended_at FROM licenses l WHERE l.id = activations.license_id)
WHERE ended_at IS NULL AND license_id IN (SELECT id FROM licenses WHERE ended_at IS NOT NULL);
UPDATE components SET ended_at = (SELECT m.ended_at FROM activations m WHERE m.id = components.activation_id)
WHERE ended_at IS NULL AND activation_id IN (SELECT id FROM activations WHERE ended_at IS NOT NULL);
UPDATE processes SET ended_at = (SELECT m.ended_at FROM activations m WHERE m.id = processes.activation_id)
WHERE ended_at IS NULL AND activation_id IN (SELECT id FROM activations WHERE ended_at IS NOT NULL);

-- What an ended activation was heard of last stays: whoever hears of it later did not
-- know yet.
ALTER TABLE pulses ADD COLUMN settled BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE pulses SET settled = TRUE, goodbye_at = COALESCE(goodbye_at, at) WHERE id IN (SELECT id FROM activations WHERE ended_at IS NOT NULL);
