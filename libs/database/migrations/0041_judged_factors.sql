-- A model that took over is trained on with the pairs that were held out to measure by. The next one is compared with what it
-- was before: neither may have seen them. Null: of a model that was never trained on.
alter table kindred.item_factors add column if not exists judged_factors vector;
alter table kindred.factor_models add column if not exists judged_spectrum double precision[];
