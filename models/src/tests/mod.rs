mod ledger;
mod slot;
