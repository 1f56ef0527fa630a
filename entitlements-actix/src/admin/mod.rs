//! The management API in actix-web: [`AdminService`] mounts it, `edge` translates, `body` hands over what arrives.
//! `refused` and `read_body` let an application's own routes answer and read as it does.

mod body;
mod edge;
mod read_body;
mod refused;
mod serve;

pub use read_body::read_body;
pub use refused::Refused;

use actix_web::dev::{AppService, HttpServiceFactory, ResourceDef, fn_service};
use actix_web::{HttpMessage, HttpRequest};
use entitlements_admin::{AdminApi, Guard, Principal, TellAccount};
use entitlements_core::{AccountId, Entitlements, PeerAddress};

/// The management API, to mount in a scope.
///
/// The guards say who may manage licenses and accounts (`admin`) and who may ask all about an account and say from where it may be reached
/// (`owner`), the resolver whose account a request reads. There is no default: what guards this API is the application's decision.
///
/// Audit records have the client's address, and an account's own list goes by it. It is made of the peer's, which the server tells; whoever
/// knows better puts a [`PeerAddress`] into the request's extensions. Behind a proxy, the engine's
/// [`client_address`](entitlements_core::EntitlementsBuilder::client_address) says whom to believe.
///
/// ```
/// # actix_web::rt::System::new().block_on(async {
/// use actix_web::{App, test, web};
/// use entitlements_actix::{AccountId, BearerToken, FixedAccount, admin, testing};
///
/// let engine = testing::on_plan(testing::catalog(), "business");
/// let operators = BearerToken::new("0b8f7e2a4c6d4e5fa1b2").unwrap();
/// let api = admin(engine.entitlements().clone(), operators.clone(), operators, FixedAccount(AccountId::LOCAL));
/// let app = App::new().service(web::scope("/api/v1").service(api));
/// let app = test::init_service(app).await;
///
/// let request = test::TestRequest::get()
///     .uri("/api/v1/license/status")
///     .insert_header(("authorization", "Bearer 0b8f7e2a4c6d4e5fa1b2"));
/// assert_eq!(test::call_service(&app, request.to_request()).await.status(), 200);
///
/// let stranger = test::TestRequest::get().uri("/api/v1/license/status");
/// assert_eq!(test::call_service(&app, stranger.to_request()).await.status(), 401);
/// # });
/// ```
pub fn admin<Kind>(
    entitlements: Entitlements,
    admin: impl Guard,
    owner: impl Guard,
    resolver: impl TellAccount<Kind>,
) -> AdminService {
    AdminService {
        api: AdminApi::new(entitlements, admin, owner, resolver),
        carried: vec![carry::<AccountId>, carry::<Principal>, carry::<PeerAddress>],
    }
}

/// What [`admin`] makes: the management API, for `Scope::service`.
///
/// It answers all paths of its scope that no service before it answers. Cheap to clone: make it where the server starts,
/// and mount a clone in each worker's `App`.
#[derive(Debug, Clone)]
#[must_use = "the api answers nothing until it is mounted"]
pub struct AdminService {
    api: AdminApi,
    carried: Vec<Carry>,
}

/// Copies a value from the extensions of actix-web's request to those that guards see.
type Carry = fn(&HttpRequest, &mut http::Extensions);

impl AdminService {
    /// Shows guards and resolvers the `T` in a request's extensions, where there is one.
    ///
    /// They see a request in the types of `http` 1, which is not what actix-web speaks; of the extensions they are given
    /// [`AccountId`], [`Principal`], [`PeerAddress`] and what is named here.
    ///
    /// ```
    /// use entitlements_actix::{Access, AccountId, FixedAccount, RequestParts, admin, testing};
    ///
    /// #[derive(Clone)]
    /// struct User { name: String }
    ///
    /// let guard = |head: &RequestParts| match head.extensions.get::<User>() {
    ///     Some(user) => Access::granted(&user.name),
    ///     None => Access::Unauthenticated,
    /// };
    /// let engine = testing::on_plan(testing::catalog(), "business");
    /// let api = admin(engine.entitlements().clone(), guard, guard, FixedAccount(AccountId::LOCAL))
    ///     .carrying::<User>();
    /// # let _ = api;
    /// ```
    pub fn carrying<T: Clone + Send + Sync + 'static>(mut self) -> Self {
        self.carried.push(carry::<T>);
        self
    }
}

fn carry<T: Clone + Send + Sync + 'static>(request: &HttpRequest, into: &mut http::Extensions) {
    if let Some(value) = request.extensions().get::<T>() {
        into.insert(value.clone());
    }
}

impl HttpServiceFactory for AdminService {
    fn register(self, config: &mut AppService) {
        let service = fn_service(move |request| {
            let mount = self.clone();
            async move { Ok(mount.serve(request).await) }
        });
        // The empty prefix is everything that the scope has left.
        config.register_service(ResourceDef::prefix(""), None, service, None);
    }
}
