//! What the visitors of the demo talk about with a shop that sells pottery. Every word is ours.

/// A conversation as it is written: who says what, and what happens in between.
pub(super) struct Conversation {
    pub department: Department,
    /// Whom the visitor asks for, by the name of an agent.
    pub asks_for: Option<&'static str>,
    /// Those who may have it, one at a time.
    pub guests: &'static [Guest],
    /// What the visitor looks at before the chat.
    pub pages: &'static [Page],
    /// The number of an order, where there is one.
    pub order: Option<&'static str>,
    pub steps: &'static [Step],
}

pub(super) struct Guest {
    pub name: &'static str,
    pub email: &'static str,
}

#[derive(Clone, Copy)]
pub(super) struct Page {
    pub title: &'static str,
    pub path: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Department {
    Sales,
    Support,
    Billing,
}

/// One thing that happens. `{agent}` and `{visitor}` in a text stand for first names.
pub(super) enum Step {
    /// The visitor says.
    Asks(&'static str),
    /// The agent says.
    Answers(&'static str),
    /// The agent says, with the visitor's last message quoted.
    Quotes(&'static str),
    /// The visitor changes their last message.
    Corrects(&'static str),
    /// The visitor looks at another page meanwhile.
    Visits(Page),
    /// The chat goes to another department, and why.
    Forwards(Department, &'static str),
    /// Everyone in a department is away from the desk.
    Break(Department),
    /// They are back.
    Back(Department),
    /// Nothing, for so many seconds.
    Waits(u64),
    /// The agent ends the chat.
    Closes {
        comment: &'static str,
        tags: &'static [&'static str],
    },
    /// The visitor ends the chat.
    Leaves,
    /// What the visitor thought of it, 1 to 5, and in words.
    Rates(u8, &'static str),
    /// Those who work there do something with the chat.
    Does(Work),
    /// The visitor takes back their last message.
    Withdraws,
    /// The visitor writes what an agent reads later.
    LeavesMessage(&'static str),
    /// The visitor wants nothing to be kept of them.
    IsForgotten,
}

/// What those who work there do with a chat besides answering.
pub(super) enum Work {
    /// It comes before others.
    Ranks,
    /// It gets an SLA policy: an agent is due by a certain moment.
    Promises,
    /// The lead comes into the chat.
    Joins,
    /// The lead writes a note, puts it right, and takes it back.
    Notes(&'static str, &'static str),
    /// What the chat is about, and what is known of the visitor.
    WritesDown {
        topic: &'static str,
        phone: &'static str,
    },
    /// Until the visitor writes again.
    Holds,
    /// Back into the queue.
    Returns,
}

use Department::{Billing, Sales, Support};
use Step::{
    Answers, Asks, Back, Break, Closes, Corrects, Does, Forwards, IsForgotten, Leaves,
    LeavesMessage, Quotes, Rates, Visits, Waits, Withdraws,
};
use Work::{Holds, Joins, Notes, Promises, Ranks, Returns, WritesDown};

const fn guest(name: &'static str, email: &'static str) -> Guest {
    Guest { name, email }
}

const fn page(title: &'static str, path: &'static str) -> Page {
    Page { title, path }
}

const HOME: Page = page("Kiln & Clay: pottery for every day", "/");

pub(super) static CONVERSATIONS: &[Conversation] = &[
    // A question before buying; the visitor leaves an address behind.
    Conversation {
        department: Sales,
        asks_for: None,
        guests: &[
            guest("Hannah Whitlock", "hannah.whitlock@example.com"),
            guest("Oliver Marsh", "oliver.marsh@example.com"),
            guest("June Abernathy", "june.abernathy@example.com"),
        ],
        pages: &[
            HOME,
            page("Cups and mugs", "/cups"),
            page("Espresso cup, moss green", "/cups/moss-espresso"),
        ],
        order: None,
        steps: &[
            Asks("Hello! Will the moss green espresso cups be in stock again?"),
            Answers("Good day, {visitor}! They come out of the kiln on Thursday, forty of them."),
            Asks("Lovely. Can I put six aside?"),
            Answers("Of course. Where may I write to when they are ready?"),
            Asks("To hannah.orders@example.com please"),
            Answers("Written down. You have until Sunday to make up your mind."),
            Asks("Thank you {agent}, that was quick :)"),
            Closes {
                comment: "Six moss green espresso cups put aside",
                tags: &["stock", "reservation"],
            },
            Rates(5, "Quick and kind"),
        ],
    },
    // A mishap, in German; the order's number is mistyped and put right.
    Conversation {
        department: Support,
        asks_for: None,
        guests: &[
            guest("Lukas Brandt", "lukas.brandt@example.com"),
            guest("Miriam Vogel", "miriam.vogel@example.com"),
        ],
        pages: &[page("Wo ist mein Paket?", "/de/paket")],
        order: Some("KC-20418"),
        steps: &[
            Asks("Hallo, mein Paket sollte gestern kommen. Bestellung KC-20481"),
            Corrects("Hallo, mein Paket sollte gestern kommen. Bestellung KC-20418"),
            Answers("Guten Tag! Ich schaue gleich nach."),
            Waits(3),
            Answers(
                "Es liegt seit heute früh im Verteilzentrum und wird morgen bis 14 Uhr zugestellt.",
            ),
            Asks("Prima, morgen bin ich zu Hause."),
            Asks("Kann der Bote es sonst beim Nachbarn abgeben?"),
            Answers("Ja, ich habe es vermerkt. Viel Freude mit der Schale!"),
            Closes {
                comment: "Zustellung morgen, Nachbar erlaubt",
                tags: &["shipping"],
            },
        ],
    },
    // Right to left, with the one who speaks Arabic.
    Conversation {
        department: Sales,
        asks_for: Some("Amira Haddad"),
        guests: &[
            guest("ليلى منصور", "layla.mansour@example.com"),
            guest("يوسف حداد", "youssef.haddad@example.com"),
        ],
        pages: &[page("أطباق التقديم", "/ar/plates")],
        order: None,
        steps: &[
            Asks("مرحبا، هل الأطباق الزرقاء آمنة في غسالة الصحون؟"),
            Answers(
                "أهلا وسهلا! نعم، كل أطباقنا الزرقاء آمنة في غسالة الصحون وفي الفرن حتى 180 درجة.",
            ),
            Asks("ممتاز. وكم يستغرق التوصيل؟"),
            Answers("ثلاثة إلى خمسة أيام، والتغليف هدية منا."),
            Asks("شكرا جزيلا، سأطلب أربعة أطباق."),
            Closes {
                comment: "سؤال عن الأطباق الزرقاء",
                tags: &["product"],
            },
            Rates(5, "خدمة رائعة"),
        ],
    },
    // Something broke; the agent answers to one sentence of several.
    Conversation {
        department: Support,
        asks_for: None,
        guests: &[
            guest("Noor Jansen", "noor.jansen@example.com"),
            guest("Callum Reid", "callum.reid@example.com"),
        ],
        pages: &[
            page("Returns and repairs", "/help/returns"),
            page("How we pack", "/help/packing"),
        ],
        order: Some("KC-20377"),
        steps: &[
            Asks("Hi, one of the four bowls arrived with a crack."),
            Asks("The other three are beautiful."),
            Asks("Do I have to send the cracked one back?"),
            Quotes("No need. Give it to a plant, it will be glad of the drain hole."),
            Answers("A new bowl leaves our shop this afternoon. It costs you nothing."),
            Asks("Ha, a fern moves in tonight. Thank you!"),
            Closes {
                comment: "Cracked bowl replaced",
                tags: &["breakage", "replacement"],
            },
            Rates(5, "The fern is grateful"),
        ],
    },
    // In French; it turns out to be about money.
    Conversation {
        department: Sales,
        asks_for: None,
        guests: &[
            guest("Camille Laurent", "camille.laurent@example.com"),
            guest("Étienne Moreau", "etienne.moreau@example.com"),
        ],
        pages: &[page("Cartes cadeaux", "/fr/cartes-cadeaux")],
        order: None,
        steps: &[
            Asks("Bonjour, peut-on payer une carte cadeau par virement ?"),
            Answers(
                "Bonjour {visitor} ! Je vous passe ma collègue de la comptabilité, elle saura tout de suite.",
            ),
            Forwards(Billing, "Gift card by bank transfer, in French"),
            Answers(
                "Bonjour, ici {agent}. Oui, le virement est possible ; la carte part dès qu'il est arrivé.",
            ),
            Asks("Parfait, alors une carte de 50 euros."),
            Answers("La facture arrive dans un instant. Bonne journée !"),
            Closes {
                comment: "Gift card, 50 euros, by transfer",
                tags: &["payment", "gift card"],
            },
        ],
    },
    // Nobody had time yet, and the visitor has none either.
    Conversation {
        department: Sales,
        asks_for: None,
        guests: &[
            guest("Sam Okonkwo", "sam.okonkwo@example.com"),
            guest("Wren Holloway", "wren.holloway@example.com"),
        ],
        pages: &[HOME],
        order: None,
        steps: &[
            Asks("Do you have a shop that I can visit?"),
            Waits(2),
            Visits(page("Where to find us", "/visit")),
            Asks("Ah, found it on the map. Never mind!"),
            Leaves,
        ],
    },
    // It goes to a department where everyone is at lunch, and waits there.
    Conversation {
        department: Support,
        asks_for: None,
        guests: &[
            guest("Beatriz Nogueira", "beatriz.nogueira@example.com"),
            guest("Rui Carvalho", "rui.carvalho@example.com"),
        ],
        pages: &[page("My orders", "/account/orders")],
        order: Some("KC-20290"),
        steps: &[
            Asks(
                "Good afternoon, I need the invoice of KC-20290 once more, with our company's name on it.",
            ),
            Answers(
                "Good afternoon, {visitor}. Billing writes it for you; they are at lunch, and back in a moment.",
            ),
            Break(Billing),
            Forwards(Billing, "Invoice again, with the company's name"),
            Asks("No hurry, I will wait."),
            Waits(15),
            Back(Billing),
            Answers("Back from lunch! {agent} here. Which name shall it be?"),
            Asks("Atelier Nogueira, the address stays the same."),
            Answers("Done, it is in your account under Documents."),
            Asks("I see it. Thanks a lot!"),
            Closes {
                comment: "Invoice written anew",
                tags: &["invoice"],
            },
            Rates(4, ""),
        ],
    },
    // A short one in Spanish; the visitor ends it.
    Conversation {
        department: Sales,
        asks_for: None,
        guests: &[
            guest("Inés Cabrera", "ines.cabrera@example.com"),
            guest("Mateo Rivas", "mateo.rivas@example.com"),
        ],
        pages: &[page("Macetas", "/es/macetas")],
        order: None,
        steps: &[
            Asks("¡Hola! ¿La maceta grande tiene agujero?"),
            Answers("¡Hola, {visitor}! Sí, y viene con su plato."),
            Asks("Genial, gracias. ¡Hasta luego!"),
            Leaves,
            Rates(5, ""),
        ],
    },
    // A long one, with a look at other pages and a number to call.
    Conversation {
        department: Sales,
        asks_for: None,
        guests: &[
            guest("Ingrid Solberg", "ingrid.solberg@example.com"),
            guest("Tobias Lind", "tobias.lind@example.com"),
            guest("Dara Flynn", "dara.flynn@example.com"),
        ],
        pages: &[
            HOME,
            page("Workshops", "/workshops"),
            page("An evening at the wheel", "/workshops/wheel"),
        ],
        order: None,
        steps: &[
            Asks("Hi! We are a team of nine and would like an evening at the wheel."),
            Answers("What a nice idea! We have ten wheels, so that works. When would it suit you?"),
            Asks("A Tuesday or Wednesday in the next month, after six."),
            Answers("The second Tuesday and the third Wednesday are free."),
            Visits(page("Workshops for teams", "/workshops/teams")),
            Asks("Does the price on the page include glazing?"),
            Answers(
                "It does: clay, glaze and both firings. You fetch your pieces three weeks later.",
            ),
            Asks(
                "And is there something for two people who would rather not get their hands dirty?",
            ),
            Answers("They can paint tiles at the next table. Tea is for everyone."),
            Asks("Perfect. The second Tuesday then. You reach me at +49 30 5550 1423."),
            Answers(
                "It is yours, {visitor}: nine people, two of them with brushes. I will call the day before.",
            ),
            Asks("We are looking forward to it!"),
            Closes {
                comment: "Workshop on the second Tuesday, nine people",
                tags: &["workshop", "team"],
            },
            Rates(5, "All questions answered in one go"),
        ],
    },
    // A parcel is missing: whatever can be done with a chat is done with this one.
    Conversation {
        department: Support,
        asks_for: None,
        guests: &[
            guest("Maren Holt", "maren.holt@example.com"),
            guest("Elif Aydin", "elif.aydin@example.com"),
        ],
        pages: &[page("Where is my parcel?", "/help/parcels")],
        order: Some("KC-20455"),
        steps: &[
            Asks("Hello, KC-20455 was to come a week ago, for a wedding on Saturday."),
            Asks("Darling, have you fed the cat?"),
            Withdraws,
            Does(Ranks),
            Does(Promises),
            Answers("Hello {visitor}! That will not do. I ask the carrier at once."),
            Does(Joins),
            Does(Notes(
                "Carrier lost it in Utrecht",
                "Carrier lost it in Utrecht, found again",
            )),
            Does(WritesDown {
                topic: "Parcel lost before a wedding",
                phone: "+31 30 555 0142",
            }),
            Answers("The carrier calls us back within the hour."),
            Does(Holds),
            Waits(4),
            Asks("Any news?"),
            Does(Returns),
            Answers("{agent} here: it is found, and comes tomorrow by courier."),
            Asks("You are wonderful!"),
            Closes {
                comment: "Parcel found, comes by courier",
                tags: &["parcel", "carrier"],
            },
            LeavesMessage("It is here, and whole. The bride says thank you!"),
            IsForgotten,
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_conversation_begins_with_its_visitor_and_ends() {
        for conversation in CONVERSATIONS {
            let first = conversation.steps.first();
            assert!(matches!(first, Some(Asks(_))));
            let ends = |step: &&Step| matches!(step, Closes { .. } | Leaves);
            assert_eq!(conversation.steps.iter().filter(ends).count(), 1);
            let after = conversation.steps.iter().skip_while(|step| !ends(step));
            let later = |step: &Step| matches!(step, Rates(..) | LeavesMessage(_) | IsForgotten);
            assert!(after.skip(1).all(later));
            assert!(!conversation.guests.is_empty());
        }
    }

    #[test]
    fn who_goes_away_comes_back() {
        for conversation in CONVERSATIONS {
            let away = |wanted: fn(&Step) -> bool| {
                let found = conversation.steps.iter().filter(|step| wanted(step));
                found.count()
            };
            let breaks = away(|step| matches!(step, Break(_)));
            assert_eq!(breaks, away(|step| matches!(step, Back(_))));
        }
    }

    #[test]
    fn all_addresses_are_reserved_for_examples() {
        let guests = CONVERSATIONS.iter().flat_map(|one| one.guests);
        for guest in guests {
            assert!(guest.email.ends_with("@example.com"), "{}", guest.email);
        }
    }
}
