DROP TABLE model_card_versions;
DROP TABLE model_cards;
DROP TABLE model_calls;
