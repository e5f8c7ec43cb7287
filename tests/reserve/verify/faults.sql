-- Faults for verify, one or more for each law: what a careless or dishonest hand could do to the books.
-- Each begins with a line: law, message that must name it, what was done; then [conditions]. Words in braces are
-- queries for rows of the rich world (plants.py).

-- L01 movement_unbalanced: view shows one side
DROP VIEW ledger_signed;
CREATE VIEW ledger_signed AS SELECT id AS entry_id, movement_id, lot_id, to_account_id AS account_id, quantity AS
  quantity FROM stock_entry;

-- L01 movement_unbalanced: view doubles what leaves
DROP VIEW ledger_signed;
CREATE VIEW ledger_signed AS SELECT id AS entry_id, movement_id, lot_id, to_account_id AS account_id, quantity AS
  quantity FROM stock_entry UNION ALL SELECT id, movement_id, lot_id, from_account_id, -2 * quantity FROM
  stock_entry;

-- L01 signed_view_differs: view hides a movement
DROP VIEW ledger_signed;
CREATE VIEW ledger_signed AS SELECT id AS entry_id, movement_id, lot_id, to_account_id AS account_id, quantity AS
  quantity FROM stock_entry WHERE movement_id > 1 UNION ALL SELECT id, movement_id, lot_id, from_account_id,
  -quantity FROM stock_entry WHERE movement_id > 1;

-- L02 movement_empty: entries deleted
DELETE FROM stock_entry WHERE movement_id = {ISSUE};

-- L02 entry_malformed: quantity zero
UPDATE stock_entry SET quantity = 0 WHERE movement_id = {ISSUE};

-- L02 entry_malformed: quantity negative
UPDATE stock_entry SET quantity = -5 WHERE movement_id = {ISSUE};

-- L02 entry_malformed: moves nowhere
UPDATE stock_entry SET to_account_id = from_account_id WHERE movement_id = {ISSUE};

-- L02 entry_malformed: movement deleted
DELETE FROM stock_movement WHERE id = {ISSUE};

-- L02 entry_malformed: lot of another item
UPDATE stock_lot SET item_code = 'T0000001' WHERE id = {SEVEN};

-- L03 balance_differs: one piece more
UPDATE stock_balance SET on_hand = on_hand + 1 WHERE lot_id = {SEVEN} AND account_id = {SHELF};

-- L03 balance_differs: one piece fewer
UPDATE stock_balance SET on_hand = on_hand - 1 WHERE lot_id = {NINE};

-- L03 balance_differs: entry deleted
DELETE FROM stock_entry WHERE movement_id = {ISSUE};

-- L03 balance_differs: entry enlarged
UPDATE stock_entry SET quantity = quantity + 1 WHERE movement_id = {RECEIPT};

-- L03 balance_differs: entry to another lot
UPDATE stock_entry SET lot_id = {EIGHT} WHERE movement_id = {RECEIPT};

-- L03 balance_differs: goods from nowhere
INSERT INTO stock_balance (id, account_id, lot_id, on_hand, held, last_recorded_at) SELECT 999, (SELECT MIN(id) FROM
  stock_account WHERE id NOT IN (SELECT account_id FROM stock_balance WHERE lot_id = {TEN}) AND bin_id IN (SELECT id
  FROM bin WHERE kind = 'shelf')), {TEN}, 5, 0, last_recorded_at FROM stock_balance LIMIT 1;

-- L03 balance_missing: balance deleted
DELETE FROM stock_balance WHERE lot_id = {NINE};

-- L03 balance_missing: empty balance deleted
DELETE FROM stock_balance WHERE lot_id = {ELEVEN};

-- L03 balance_outside: balance beyond our walls
UPDATE stock_balance SET account_id = {OUTSIDE} WHERE lot_id = {NINE};

-- L03 balance_differs: doubled balance [without uniqueness of stock_balance]
INSERT INTO stock_balance (id, account_id, lot_id, on_hand, held, last_recorded_at) SELECT 999, account_id, lot_id,
  on_hand, held, last_recorded_at FROM stock_balance WHERE lot_id = {NINE};

-- L04 negative_at_position: receipt moved to the end
UPDATE stock_movement SET position = 5000 WHERE id = {RECEIPT};

-- L04 negative_at_position: receipt deleted
DELETE FROM stock_entry WHERE movement_id = {RECEIPT};

-- L04 negative_at_time: receipt dated after the issue
UPDATE stock_movement SET occurred_at = (SELECT MAX(occurred_at) FROM stock_movement) WHERE id = {RECEIPT};

-- L04 negative_at_time: issue dated with the other lot's receipt, receipt after it
UPDATE stock_movement SET occurred_at = (SELECT occurred_at FROM stock_movement WHERE id = {OTHER_RECEIPT}) WHERE id
  = {ISSUE};
UPDATE stock_movement SET occurred_at = (SELECT occurred_at FROM stock_movement WHERE id = {TRANSFER}) WHERE id =
  {RECEIPT};

-- L05 on_hand_unexplained: goods come in by a transfer
UPDATE stock_movement SET kind = 'transfer' WHERE id = {RECEIPT};

-- L05 on_hand_unexplained: goods leave by an inspection
UPDATE stock_movement SET kind = 'inspect' WHERE id = {ISSUE};

-- L05 on_hand_unexplained: balance with no cause
UPDATE stock_balance SET on_hand = on_hand + 1 WHERE lot_id = {SEVEN} AND account_id = {SHELF};

-- L05 on_hand_unexplained: issue from the consumed
UPDATE stock_movement SET kind = 'lose' WHERE id = {ISSUE};

-- L10 reversal_inexact: one piece short
UPDATE stock_entry SET quantity = quantity - 1 WHERE movement_id = {REVERSAL};

-- L10 reversal_inexact: reverses another
UPDATE stock_movement SET reverses_id = {RECEIPT} WHERE id = {REVERSAL};

-- L10 reversal_inexact: back to another account
UPDATE stock_entry SET to_account_id = {SHELF}, from_account_id = to_account_id WHERE movement_id = {REVERSAL};

-- L10 reversal_misplaced: not called a reversal
UPDATE stock_movement SET kind = 'issue' WHERE id = {REVERSAL};

-- L10 reversal_misplaced: names no original
UPDATE stock_movement SET reverses_id = NULL WHERE id = {REVERSAL};

-- L10 reversal_misplaced: before its original
UPDATE stock_movement SET position = -1 WHERE id = {REVERSAL};

-- L10 reversal_misplaced: reversal of a reversal
UPDATE stock_movement SET kind = 'reverse', reverses_id = {REVERSAL} WHERE id = {DEPARTURE};

-- L10 reversal_misplaced: reversed twice [without uniqueness of stock_movement]
UPDATE stock_movement SET kind = 'reverse', reverses_id = {REVERSED} WHERE id = {DEPARTURE};

-- L11 position_twice: hold at a movement's place
UPDATE stock_hold SET position = (SELECT MAX(position) FROM stock_movement) WHERE id = {ORDER_HOLD};

-- L11 position_twice: two movements at one place [without uniqueness of stock_movement]
UPDATE stock_movement SET position = (SELECT position FROM stock_movement WHERE id = {RECEIPT}) WHERE id = {ISSUE};

-- L11 position_never_given: place beyond the last
UPDATE stock_movement SET position = 5000 WHERE id = {ISSUE};

-- L11 position_missing: signature deleted [sqlite]
DELETE FROM signature WHERE id = 1;

-- L11 position_missing: tail cut off [sqlite]
DELETE FROM document_state WHERE position = {LAST};

-- L12 lot_changed: maker changed
UPDATE stock_lot SET maker = 'another' WHERE id = {SEVEN};

-- L12 lot_changed: expiry put off
UPDATE stock_lot SET expires_on = '2031-12-31', expiry_key = '2031-12-31' WHERE id = {SEVEN};

-- L12 lot_identity_wrong: expiry and its key differ
UPDATE stock_lot SET expires_on = '2031-12-31' WHERE id = {SEVEN};

-- L12 lot_identity_wrong: item renamed
UPDATE item SET code = 'M0000009' WHERE code = 'M0000001';

-- L12 lot_identity_wrong: two lots, one identity [without uniqueness of stock_lot]
UPDATE stock_lot SET code_normalised = '8' WHERE id = {SEVEN};

-- L12 owner_differs: goods made over to another owner
UPDATE stock_account SET owner_id = (SELECT id FROM organisation WHERE code = 'SJZ') WHERE id = {SHELF};

-- L12 account_doubled: two accounts, one owner [without uniqueness of stock_account]
UPDATE stock_account SET bin_id = 1, owner_id = 1, fund = 'own' WHERE id IN (1, 2);

-- L14 return_exceeds_issue: more came back than had left
UPDATE stock_entry SET quantity = 21 WHERE movement_id = {RETURNED};

-- L14 return_exceeds_issue: a return from nothing
UPDATE stock_movement SET follows_id = {RECEIPT} WHERE id = {RETURNED};

-- L13 machine_stands_twice: a lot of many called one machine
UPDATE stock_machine SET lot_id = {SEVEN};

-- L06 held_differs: one held more
UPDATE stock_balance SET held = held + 1 WHERE lot_id = {NINE};

-- L06 held_differs: none held any more
UPDATE stock_balance SET held = 0 WHERE lot_id = {EIGHT};

-- L06 held_differs: end of a hold deleted
DELETE FROM stock_hold_end WHERE hold_id = {RELEASED};

-- L06 held_differs: hold enlarged
UPDATE stock_hold SET quantity = quantity + 1 WHERE id NOT IN (SELECT hold_id FROM stock_hold_end);

-- L06 held_differs: held beyond the stock
UPDATE stock_hold SET quantity = 5000 WHERE lot_id = {EIGHT};
UPDATE stock_balance SET held = 5000 WHERE lot_id = {EIGHT};

-- L07 hold_ended_twice: released and used [without uniqueness of stock_hold_end]
UPDATE stock_hold_end SET hold_id = {RELEASED} WHERE hold_id = {ORDER_HOLD};

-- L07 hold_misused: more used than held
UPDATE stock_hold_end SET quantity_used = 5000 WHERE hold_id = {ORDER_HOLD};

-- L07 hold_misused: used less than moved
UPDATE stock_hold_end SET quantity_used = quantity_used - 1 WHERE hold_id = {ORDER_HOLD};

-- L07 hold_misused: fulfilled by nothing
UPDATE stock_hold_end SET quantity_used = 0 WHERE hold_id = {ORDER_HOLD};

-- L07 hold_misused: released and yet used
UPDATE stock_hold_end SET outcome = 'released' WHERE hold_id = {ORDER_HOLD};

-- L07 hold_misused: ended before it began
UPDATE stock_hold_end SET position = -1 WHERE hold_id = {ORDER_HOLD};

-- L07 hold_rest_wrong: rest larger than what was left
UPDATE stock_hold SET quantity = 36 WHERE replaces_id = {ORDER_HOLD};

-- L07 hold_rest_wrong: goes on from a released hold
UPDATE stock_hold SET replaces_id = {RELEASED} WHERE replaces_id = {ORDER_HOLD};

-- L07 hold_rest_wrong: goes on for another line
UPDATE stock_hold SET document_line_id = 1 WHERE replaces_id = {ORDER_HOLD};

-- L08 hold_taken_by_other: entry names another line
UPDATE stock_entry SET document_line_id = 1 WHERE hold_id = {ORDER_HOLD};

-- L08 hold_taken_by_other: end names another line
UPDATE stock_hold_end SET document_line_id = 1 WHERE hold_id = {ORDER_HOLD};

-- L08 hold_taken_late: taken at its last moment
UPDATE stock_hold SET expires_at = (SELECT ended_at FROM stock_hold_end WHERE hold_id = {ORDER_HOLD}) WHERE id =
  {ORDER_HOLD};

-- L08 hold_taken_unended: taken and still standing
DELETE FROM stock_hold_end WHERE hold_id = {ORDER_HOLD};

-- L08 hold_taken_elsewhere: taken of another lot
UPDATE stock_entry SET lot_id = {EIGHT} WHERE hold_id = {ORDER_HOLD};

-- L09 blocked_lot_used: blocked before it left
UPDATE stock_block SET lot_id = {SEVEN}, position = -1 WHERE lot_id = {TEN};

-- L09 blocked_lot_used: its shelf was blocked
UPDATE stock_block SET lot_id = {SEVEN}, position = -1, bin_id = (SELECT id FROM bin WHERE place = 'W1' AND code =
  'A1') WHERE lot_id = {TEN};

-- L09 expired_lot_used: out of life when it left
UPDATE stock_lot SET expires_on = '2026-02-21' WHERE id = {SEVEN};

-- L09 uninspected_lot_used: issued out of the inspection area
UPDATE bin SET kind = 'inspection' WHERE place = 'W1' AND code = 'A1';

-- A01 movement_without_ground: paper of another kind
UPDATE document SET kind = 'transfer_note' WHERE id = {RECEIPT_PAPER};

-- A01 movement_without_ground: on somebody else's paper
UPDATE stock_movement SET document_id = {ORDER} WHERE id = {RECEIPT};

-- A01 movement_without_ground: paper without a state
DELETE FROM document_state WHERE document_id = {RECEIPT_PAPER};

-- A01 movement_without_ground: posted only afterwards
UPDATE document_state SET position = 5000 WHERE document_id = {RECEIPT_PAPER};

-- A01 movement_without_ground: order issued only afterwards
UPDATE document_state SET position = position + 5000 WHERE document_id = {ORDER} AND state = 'issued';

-- A01 movement_without_ground: no such paper
UPDATE stock_movement SET document_id = 5000 WHERE id = {RECEIPT};

-- A02 moved_beyond_approval: line lowered afterwards
UPDATE document_line SET quantity = 499 WHERE document_id = {RECEIPT_PAPER};

-- A02 moved_beyond_approval: ceiling lowered afterwards
UPDATE signature SET ceiling = 24 WHERE document_id = {ORDER} AND step = 2;

-- A02 moved_beyond_approval: more departed than ordered
UPDATE stock_entry SET quantity = 61 WHERE movement_id = {DEPARTURE};

-- A03 arrow_not_allowed: no such arrow
UPDATE document_state SET state = 'approved' WHERE document_id = {RECEIPT_PAPER};

-- A03 arrow_not_allowed: step left out
DELETE FROM document_state WHERE document_id = {ORDER} AND state = 'approved';

-- A03 arrow_not_allowed: claims another state before
UPDATE document_state SET previous = 'draft' WHERE document_id = {ORDER} AND state = 'approved';

-- A03 arrow_not_allowed: taken back without a reason
UPDATE document_state SET state = 'cancelled', reason = ' ' WHERE document_id = {ORDER} AND state = 'in_execution';

-- A03 arrow_not_allowed: recorded before what it follows
UPDATE document_state SET recorded_at = (SELECT MIN(occurred_at) FROM stock_movement) WHERE document_id = {ORDER}
  AND state = 'issued';

-- A03 document_without_state: states deleted
DELETE FROM document_state WHERE document_id = {RECEIPT_PAPER};

-- A04 line_unsigned: signature deleted
DELETE FROM signature WHERE document_id = {ORDER} AND step = 1;

-- A04 line_unsigned: signed after departure
UPDATE signature SET position = 5000 WHERE document_id = {ORDER} AND step = 2;

-- A04 line_unsigned: signed in another role
UPDATE signature SET role = 'keeper' WHERE document_id = {ORDER} AND step = 2;

-- A04 line_unsigned: rejected
UPDATE signature SET decision = 'reject' WHERE document_id = {ORDER} AND step = 2;

-- A04 line_unsigned: other content signed
UPDATE signature SET content_hash = 'x' WHERE document_id = {ORDER} AND step = 2;

-- A04 line_unsigned: ceiling below the quantity
UPDATE signature SET ceiling = 24 WHERE document_id = {ORDER} AND step = 2;

-- A04 line_unsigned: quorum raised
UPDATE approval_step SET quorum = 2 WHERE document_id = {ORDER} AND step = 2;

-- A04 line_unsigned: disposal unsigned
DELETE FROM signature WHERE document_id = (SELECT id FROM document WHERE kind = 'disposal');

-- A04 line_without_case: steps deleted
DELETE FROM approval_step WHERE document_id = {ORDER};

-- A04 line_content_changed: receiver changed
UPDATE document_line SET receiver_code = 'W2' WHERE document_id = {ORDER};

-- I01 request_unanswered: answer taken away
UPDATE request_key SET answer = NULL WHERE id = 9;

-- I01 request_unanswered: body hash taken away
UPDATE request_key SET body_hash = '' WHERE id = 9;

-- I01 request_effects_differ: effect not audited
DELETE FROM audit_entry WHERE id = 9;

-- I01 request_effects_differ: two effects
UPDATE audit_entry SET request_key = (SELECT request_key FROM audit_entry WHERE id = 7), verb = (SELECT verb FROM
  audit_entry WHERE id = 7) WHERE id = 8;

-- I01 effect_without_request: request deleted
DELETE FROM request_key WHERE id = 9;

-- I01 request_key_twice: key claimed twice [without uniqueness of request_key]
UPDATE request_key SET key = (SELECT key FROM request_key WHERE id = 7), verb = (SELECT verb FROM request_key WHERE
  id = 7) WHERE id = 8;

-- U01 row_changed: reason of a movement
UPDATE stock_movement SET reason = 'other' WHERE id = {ISSUE};

-- U01 row_changed: time of a movement
UPDATE stock_movement SET recorded_at = occurred_at WHERE id = {ISSUE};

-- U01 row_changed: person of a signature
UPDATE signature SET person_id = 77 WHERE id = 1;

-- U01 row_changed: audited draft
UPDATE audit_entry SET content = '{}' WHERE id = 1;

-- U01 row_changed: title of a paper
UPDATE document SET title = 'x' WHERE id = 1;

-- U01 row_changed: expiry of a lot emptied
UPDATE stock_lot SET expires_on = NULL WHERE id = {SEVEN};

-- U01 row_changed: hash itself
UPDATE stock_entry SET row_hash = 'x' WHERE id = 1;

-- U01 row_changed: unknown algorithm
UPDATE stock_entry SET hash_algorithm = 'md5' WHERE id = 1;

-- U01 row_changed: two rows swapped
UPDATE stock_entry SET quantity = (SELECT SUM(quantity) FROM stock_entry WHERE id IN (1, 2)) - quantity WHERE id IN
  (1, 2);

-- U01 row_changed: row forged
INSERT INTO approval_rule (id, version, row_no, document_kind, response_level, holder_relation, value_minor_from,
  step, role, quorum, basis, recorded_at, hash_algorithm, row_hash) SELECT 999, 9, 1, document_kind, response_level,
  holder_relation, 0, 1, 'keeper', 1, basis, recorded_at, hash_algorithm, row_hash FROM approval_rule WHERE id = 1;

-- S02 reference_broken: entry of no lot
UPDATE stock_entry SET lot_id = 5000 WHERE movement_id = {ISSUE};

-- S02 reference_broken: line of no paper
UPDATE document_line SET document_id = 5000 WHERE id = 1;

-- S02 reference_broken: organisation deleted
DELETE FROM organisation WHERE code = 'PB';

-- S02 integrity_broken: row against its check [sqlite]
UPDATE stock_balance SET held = -1 WHERE lot_id = {NINE};
PRAGMA ignore_check_constraints = OFF;

-- S02 integrity_broken: index switched off [postgresql]
UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass('ix_stock_entry_from');

-- S02 integrity_broken: constraint never proved [postgresql]
ALTER TABLE stock_entry ADD CONSTRAINT ck_later CHECK (quantity < 100) NOT VALID;
