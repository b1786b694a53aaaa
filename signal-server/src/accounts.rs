//! Set-up, accounts and sign-in.

use deskside_protocol::api::{AccountMade, Code, NewAccount, Setup, SignIn, SignedIn};

use crate::{
    directory::{Agent, Millis, clean_name, same_name},
    passwords::{self, Busy, Passwords},
    secrets,
    store::{
        ADMIN, AccountRecord, Batch, Keeper, Outcome, SETUP, Step, Table, TokenRecord, Unavailable, decode,
        encode,
    },
};

/// Shortest password, in characters.
const SHORTEST: usize = 10;

/// Accounts and their sign-ins, in the store.
pub struct Accounts {
    store: Keeper,
    passwords: Passwords,
    sign_in_lives: Millis,
}

/// Who a bearer token belongs to.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Key of the account.
    pub account: String,
    pub name: String,
    pub admin: bool,
}

impl Caller {
    pub fn agent(&self) -> Agent<'_> {
        Agent { account: &self.account, name: &self.name }
    }
}

impl From<Busy> for Code {
    fn from(_: Busy) -> Self {
        Code::Unavailable
    }
}

impl From<Unavailable> for Code {
    fn from(_: Unavailable) -> Self {
        Code::Unavailable
    }
}

impl From<secrets::NoRandomness> for Code {
    fn from(_: secrets::NoRandomness) -> Self {
        Code::Unavailable
    }
}

impl Accounts {
    pub fn new(store: Keeper, passwords: Passwords, sign_in_lives: Millis) -> Self {
        Self { store, passwords, sign_in_lives }
    }

    /// A new set-up token while there is no admin; it replaces an earlier one.
    pub async fn setup_token(&self) -> Result<Option<String>, Code> {
        if !self.setup_open().await? {
            return Ok(None);
        }
        let token = secrets::token()?;
        let batch = vec![
            Step::Expect(Table::Meta, ADMIN.to_vec(), None),
            Step::Put(Table::Meta, SETUP.to_vec(), secrets::hash(&token).to_vec()),
        ];
        let outcome = self.store.submit(batch).wait().await?;
        Ok((outcome == Outcome::Done).then_some(token))
    }

    /// Whether the first admin is still to be made.
    pub async fn setup_open(&self) -> Result<bool, Code> {
        Ok(self.store.get(Table::Meta, ADMIN.to_vec()).await?.is_none())
    }

    /// Makes the first admin. Wrong token and closed set-up answer alike.
    pub async fn set_up(&self, now: Millis, request: Setup) -> Result<AccountMade, Code> {
        let stored = self.store.get(Table::Meta, SETUP.to_vec()).await?.unwrap_or_default();
        if !self.setup_open().await? || !secrets::fits(&request.token, &stored) {
            return Err(Code::SetupClosed);
        }
        let conditions = vec![
            Step::Expect(Table::Meta, ADMIN.to_vec(), None),
            Step::Expect(Table::Meta, SETUP.to_vec(), Some(stored)),
            Step::Put(Table::Meta, ADMIN.to_vec(), b"1".to_vec()),
            Step::Delete(Table::Meta, SETUP.to_vec()),
        ];
        let (made, outcome) = self.make(now, request.name, request.password, true, conditions).await?;
        if outcome == Outcome::Conflict { Err(Code::SetupClosed) } else { Ok(made) }
    }

    /// Makes an agent's account.
    pub async fn add(&self, now: Millis, request: NewAccount) -> Result<AccountMade, Code> {
        let (made, outcome) = self.make(now, request.name, request.password, false, Batch::new()).await?;
        if outcome == Outcome::Conflict { Err(Code::WeakAccount) } else { Ok(made) }
    }

    async fn make(
        &self,
        now: Millis,
        name: String,
        password: String,
        admin: bool,
        mut batch: Batch,
    ) -> Result<(AccountMade, Outcome), Code> {
        let shown = clean_name(&name);
        let weak = password.chars().count() < SHORTEST || password.len() > passwords::LONGEST;
        if shown.is_empty() || shown != name.trim() || weak {
            return Err(Code::WeakAccount);
        }
        let key = same_name(&shown).into_bytes();
        let password = self.passwords.make(password).await?;
        let record = AccountRecord { name: shown.clone(), admin, password, made: now };
        batch.push(Step::Expect(Table::Accounts, key.clone(), None));
        batch.push(Step::Put(Table::Accounts, key, encode(&record)));
        Ok((AccountMade { name: shown }, self.store.submit(batch).wait().await?))
    }

    /// The answer and its time do not tell whether the name exists.
    pub async fn sign_in(&self, now: Millis, request: SignIn) -> Result<SignedIn, Code> {
        if request.password.len() > passwords::LONGEST {
            return Err(Code::NotSignedIn);
        }
        let key = same_name(&request.name);
        let record = self.account(&key).await?;
        let right = self.passwords.check(request.password, record.as_ref().map(|r| &r.password)).await?;
        let Some(record) = record.filter(|_| right) else { return Err(Code::NotSignedIn) };
        let token = secrets::token()?;
        let ends = now.saturating_add(self.sign_in_lives);
        let row = encode(&TokenRecord { account: key, ends });
        let batch = vec![Step::Put(Table::Tokens, secrets::hash(&token).to_vec(), row)];
        self.store.submit(batch).wait().await?;
        Ok(SignedIn { token, expires_in: self.sign_in_lives / 1000, name: record.name })
    }

    /// Whose token it is.
    pub async fn caller(&self, now: Millis, token: &str) -> Result<Caller, Code> {
        let row = self.store.get(Table::Tokens, secrets::hash(token).to_vec()).await?;
        let row = row.ok_or(Code::NotSignedIn)?;
        let record: TokenRecord = decode(Table::Tokens, &row).map_err(|e| self.store.fail(&e))?;
        if now >= record.ends {
            return Err(Code::NotSignedIn);
        }
        let account = self.account(&record.account).await?.ok_or(Code::NotSignedIn)?;
        Ok(Caller { account: record.account, name: account.name, admin: account.admin })
    }

    /// Key and shown name of an account, by any form of its name.
    pub async fn known(&self, name: &str) -> Result<Option<(String, String)>, Code> {
        let key = same_name(name);
        Ok(self.account(&key).await?.map(|record| (key, record.name)))
    }

    /// The token is worth nothing any more.
    pub async fn sign_out(&self, token: &str) -> Result<(), Code> {
        let batch = vec![Step::Delete(Table::Tokens, secrets::hash(token).to_vec())];
        self.store.submit(batch).wait().await?;
        Ok(())
    }

    /// Forgets the tokens that have ended.
    pub async fn sweep(&self, now: Millis) -> Result<(), Code> {
        let ended = |row: &[u8]| decode(Table::Tokens, row).map_or(true, |r: TokenRecord| now >= r.ends);
        let rows = self.store.scan(Table::Tokens).await?;
        let gone = rows.into_iter().filter(|(_, row)| ended(row));
        let steps: Vec<Step> = gone.map(|(key, _)| Step::Delete(Table::Tokens, key)).collect();
        for some in steps.chunks(200) {
            self.store.submit(some.to_vec()).wait().await?;
        }
        Ok(())
    }

    async fn account(&self, key: &str) -> Result<Option<AccountRecord>, Code> {
        let row = self.store.get(Table::Accounts, key.as_bytes().to_vec()).await?;
        let record = row.map(|row| decode(Table::Accounts, &row)).transpose();
        Ok(record.map_err(|e| self.store.fail(&e))?)
    }
}
