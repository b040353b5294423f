//! The route table: the rows of all surfaces.

use crate::route::Route;
use crate::{comm100, hark, rocketchat};

pub fn table() -> Vec<&'static Route> {
    [
        rocketchat::login::ROUTES,
        rocketchat::users::ROUTES,
        rocketchat::people::ROUTES,
        rocketchat::tokens::ROUTES,
        rocketchat::roles::ROUTES,
        rocketchat::permissions::ROUTES,
        rocketchat::settings::ROUTES,
        rocketchat::method_table::ROUTES,
        rocketchat::mailer::ROUTES,
        rocketchat::offline::ROUTES,
        rocketchat::uploads::ROUTES,
        rocketchat::agent_rooms::ROUTES,
        rocketchat::contacts::ROUTES,
        rocketchat::inquiries::ROUTES,
        rocketchat::calls::ROUTES,
        rocketchat::visitors::ROUTES,
        rocketchat::visitor_rooms::ROUTES,
        rocketchat::widget::ROUTES,
        rocketchat::chat::ROUTES,
        rocketchat::direct_messages::ROUTES,
        rocketchat::subscriptions::ROUTES,
        rocketchat::team_rooms::ROUTES,
        rocketchat::agents::ROUTES,
        rocketchat::departments::ROUTES,
        rocketchat::appearance::ROUTES,
        rocketchat::integrations::ROUTES,
        rocketchat::business_hours::ROUTES,
        rocketchat::custom_fields::ROUTES,
        rocketchat::transcripts::ROUTES,
        rocketchat::triggers::ROUTES,
        comm100::webhooks::ROUTES,
        comm100::oauth::ROUTES,
        hark::endpoints::ROUTES,
        hark::deliveries::ROUTES,
        hark::conversations::ROUTES,
        hark::replays::ROUTES,
        hark::events::ROUTES,
        hark::stats::ROUTES,
        hark::widget::ROUTES,
        hark::sites::ROUTES,
    ]
    .into_iter()
    .flatten()
    .copied()
    .collect()
}
