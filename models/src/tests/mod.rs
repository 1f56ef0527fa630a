mod ledger;
mod rate;
mod slot;
