use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use entitlements_core::client_address::{AddressError, Peer};
use entitlements_core::{AccountId, Denial, DenialKind, Entitlements, PeerAddress};
use http::request::Parts;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;

use crate::account::TellAccount;
use crate::body;
use crate::document::Document;
use crate::guard::{Access, Guard, Principal};
use crate::head::{Head, ToldPeer};
use crate::refusal::{Failure, Refusal};
use crate::respond::{self, Answer};
use crate::router::{self, Action, Matched, Outcome, Parameters, Reach, Route, Takes};
use crate::routes::Call;
use crate::under_way::UnderWay;

/// The management API over one engine: [`handle`](Self::handle) for any server, and a tower `Service` to mount.
///
/// Cheap to clone. See the [crate's page](crate) for its routes.
#[derive(Clone)]
pub struct AdminApi {
    shared: Arc<Shared>,
    peer: Arc<PeerFn>,
}

struct Shared {
    entitlements: Entitlements,
    admin: Box<dyn Guard>,
    owner: Box<dyn Guard>,
    account: Box<AccountFn>,
    plans: Document,
}

/// Whose account a request reads.
type AccountFn = dyn Fn(&Parts) -> Option<AccountId> + Send + Sync;

/// The other end of the connection that a request comes from.
type PeerFn = dyn Fn(&Parts) -> Peer + Send + Sync;

/// What a request may do, once its body is there.
struct Admitted {
    act: Box<dyn FnOnce(Call) -> Outcome + Send>,
    parameters: Parameters,
    route: &'static Route,
    /// Who asks, where a guard told it.
    by: Option<Principal>,
}

impl AdminApi {
    /// The API for this engine: who may manage licenses and accounts (`admin`), who may ask about an account all that can be
    /// asked and say from where it may be reached (`owner`), and whose account a request reads.
    ///
    /// There is no default guard: who may manage is never left unsaid.
    #[must_use]
    pub fn new<Kind>(
        entitlements: Entitlements,
        admin: impl Guard,
        owner: impl Guard,
        account: impl TellAccount<Kind>,
    ) -> Self {
        let (admin, owner) = (Box::new(admin), Box::new(owner));
        // A catalog does not change while an engine runs.
        let plans = Document::new(entitlements.catalog().pricing_json());
        let account = Box::new(move |head: &Parts| account.account(head));
        Self {
            shared: Arc::new(Shared {
                entitlements,
                admin,
                owner,
                account,
                plans,
            }),
            peer: Arc::new(peer),
        }
    }

    /// Tells the other end of a request's connection in another way than by the [`PeerAddress`] in the extensions of the request.
    ///
    /// The engine makes of it the client's address, which audit records have and allowlists go by: the peer's own, or what trusted
    /// proxies say of it ([`client_address`](entitlements_core::EntitlementsBuilder::client_address)). No header is to be believed here.
    ///
    /// ```
    /// use std::net::SocketAddr;
    ///
    /// use entitlements_admin::AdminApi;
    /// use entitlements_core::client_address::Peer;
    /// use http::request::Parts;
    ///
    /// /// What the application's own server puts into the extensions of each request.
    /// #[derive(Clone)]
    /// struct Connection { from: SocketAddr }
    ///
    /// fn in_our_server(api: AdminApi) -> AdminApi {
    ///     api.peer(|head: &Parts| Peer::from(head.extensions.get::<Connection>().map(|one| one.from)))
    /// }
    /// ```
    #[must_use]
    pub fn peer(mut self, tell: impl Fn(&Parts) -> Peer + Send + Sync + 'static) -> Self {
        self.peer = Arc::new(tell);
        self
    }

    /// Answers a request whose body is in memory. Whatever is wrong with it is an answer too.
    ///
    /// # Cancel safety
    /// Dropped before it is done, what was asked for happened or did not; nothing in between.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.serve(request.map(Full::new)).await
    }

    /// Head first, then body, then action: the body of a request that will be refused anyway is not read.
    pub(crate) async fn serve<B: Body>(&self, request: Request<B>) -> Answer {
        let (head, body) = request.into_parts();
        let method = head.method.clone();
        let answer = self.answer(head, body).await;
        respond::finish(
            answer.unwrap_or_else(|failure| respond::failure(&failure)),
            &method,
        )
    }

    async fn answer<B: Body>(&self, mut head: Parts, body: B) -> Result<Answer, Failure> {
        let peer = (self.peer)(&head);
        head.extensions.insert(ToldPeer(peer));
        let admitted = self.admit(&head).await?;
        let body = match admitted.route.body {
            Takes::Nothing => Bytes::new(),
            Takes::Json(_) => body::read(&head.headers, body).await?,
        };
        let under_way = UnderWay::of(admitted.route, admitted.by, self.client_of(&head).ok());
        let parameters = admitted.parameters;
        let outcome = (admitted.act)(Call {
            api: self.clone(),
            head,
            parameters,
            body,
        });
        match under_way {
            None => outcome.await,
            Some(under_way) => under_way.carry_out(outcome).await,
        }
    }

    /// Path, then method, then credentials: a stranger learns which routes there are, and nothing else.
    async fn admit(&self, head: &Parts) -> Result<Admitted, Failure> {
        let Matched { route, parameters } = router::find(&head.method, head.uri.path())?;
        let mut by = None;
        let act: Box<dyn FnOnce(Call) -> Outcome + Send> = match route.action {
            Action::Anyone(act) => Box::new(act),
            Action::Admin(act) => {
                let principal = granted(self.shared.admin.check(head).await)?;
                by = Some(principal.clone());
                Box::new(move |call| act(call, principal))
            }
            Action::Account(act) => {
                let account = self.account(head)?;
                Box::new(move |call| act(call, account))
            }
            Action::Owner(act) => {
                let principal = granted(self.shared.owner.check(head).await)?;
                let account = self.account(head)?;
                by = Some(principal.clone());
                Box::new(move |call| act(call, account, principal))
            }
            Action::Either(act) => {
                let reach = self.reach(head).await?;
                Box::new(move |call| act(call, reach))
            }
        };
        Ok(Admitted {
            act,
            parameters,
            route,
            by,
        })
    }

    /// Who may do both is an admin; who may do neither learns the better of the two refusals.
    async fn reach(&self, head: &Parts) -> Result<Reach, Failure> {
        let refused = match granted(self.shared.admin.check(head).await) {
            Ok(_) => return Ok(Reach::All),
            Err(refused) => refused,
        };
        match granted(self.shared.owner.check(head).await) {
            Ok(_) => Ok(Reach::Account(self.account(head)?)),
            Err(Refusal::Unauthorized) => Err(refused.into()),
            Err(refused) => Err(refused.into()),
        }
    }

    fn account(&self, head: &Parts) -> Result<AccountId, Denial> {
        let account = (self.shared.account)(head);
        account.ok_or_else(|| Denial::new(DenialKind::AccountUnknown))
    }

    pub(crate) fn entitlements(&self) -> &Entitlements {
        &self.shared.entitlements
    }

    /// The address that audit records have, and that allowlists go by.
    pub(crate) fn client_of(&self, head: &Parts) -> Result<IpAddr, AddressError> {
        self.shared.entitlements.client_address(&Head(head))
    }

    pub(crate) fn plans(&self) -> &Document {
        &self.shared.plans
    }

    pub(crate) fn owner(&self) -> &dyn Guard {
        &*self.shared.owner
    }
}

/// As servers tell it that know no better way.
fn peer(head: &Parts) -> Peer {
    Peer::from(head.extensions.get::<PeerAddress>().copied())
}

/// Who asks, where they may.
fn granted(access: Access) -> Result<Principal, Refusal> {
    match access {
        Access::Granted(principal) => Ok(principal),
        Access::Forbidden => Err(Refusal::Forbidden),
        Access::Unauthenticated => Err(Refusal::Unauthorized),
    }
}

impl fmt::Debug for AdminApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdminApi")
            .field("entitlements", &self.shared.entitlements)
            .finish_non_exhaustive()
    }
}
