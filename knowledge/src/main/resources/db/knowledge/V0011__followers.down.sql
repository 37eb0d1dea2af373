DROP TABLE search_followers;
