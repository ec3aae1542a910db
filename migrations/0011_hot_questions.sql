-- Up Migration

-- The questions that are asked most, of which a server that starts loads the facts ahead.
create table velro_state.hot_questions (
  -- Digest of the question.
  key bytea primary key,
  -- {action, subject: {type, id}, resource: {type, id}}, as the bytes of its JSON: ids may have characters that no text has.
  question bytea not null,
  -- How much it was asked, as of a moment; half of that an hour later.
  heat float8 not null,
  noted_at timestamptz not null
);

-- Down Migration

drop table velro_state.hot_questions;
