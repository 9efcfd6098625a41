//! Who runs an e-mail address: the derived fact `ID.provider`.

/// What kind of provider an e-mail address has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// A company's own domain; also whatever is not known to be another.
    Business = 0,
    /// A mailbox that anyone gets for free.
    Free = 1,
    /// A throw-away address.
    Disposable = 2,
}

impl Provider {
    /// The providers' names in a pact, in the order of their numbers.
    pub const NAMES: [&'static str; 3] = ["business", "free", "disposable"];
    /// How often an unknown address has each of them.
    pub(crate) const SHARES: [f64; 3] = [0.6, 0.38, 0.02];

    /// The provider of an address. Every text has one.
    ///
    /// ```
    /// use leadpact::Provider;
    ///
    /// assert_eq!(Provider::of("ana@acme.example"), Provider::Business);
    /// assert_eq!(Provider::of("ana@Yahoo.co.uk"), Provider::Free);
    /// assert_eq!(Provider::of("x@mailinator.com"), Provider::Disposable);
    /// ```
    #[must_use]
    pub fn of(address: &str) -> Self {
        let mut domain = address.trim().as_bytes().rsplit(|byte| *byte == b'@').next().unwrap_or_default();
        while let Some((b'.' | b'>' | b' ', rest)) = domain.split_last() {
            domain = rest;
        }
        if listed(DISPOSABLE, domain) {
            Self::Disposable
        } else if address.as_bytes().contains(&b'@') && (listed(FREE, domain) || is_brand(domain)) {
            Self::Free
        } else {
            Self::Business
        }
    }
}

/// Whether the domain is a free brand under some country: `yahoo.fr`, `hotmail.co.uk`.
fn is_brand(domain: &[u8]) -> bool {
    let mut parts = domain.split(|byte| *byte == b'.');
    parts.next().is_some_and(|name| name.len() < domain.len() && listed(BRANDS, name))
        && parts.all(|part| (2..=3).contains(&part.len()))
}

/// Whether a list, parted by spaces, has the name, in letters of either case.
fn listed(list: &str, name: &[u8]) -> bool {
    list.as_bytes().split(|byte| *byte == b' ').any(|listed| listed.eq_ignore_ascii_case(name))
}

const BRANDS: &str = "aol gmx hotmail live outlook yahoo yandex ymail";

const FREE: &str = "126.com 163.com aliceadsl.fr bbox.fr bluewin.ch club-internet.fr duck.com email.com fastmail.com \
    free.fr freenet.de gmail.com googlemail.com hey.com icloud.com laposte.net libero.it mac.com mail.com mail.ru me.com \
    msn.com naver.com neuf.fr numericable.fr orange.fr pm.me posteo.de proton.me protonmail.ch protonmail.com qq.com \
    rocketmail.com seznam.cz sfr.fr sina.com skynet.be t-online.de telenet.be tuta.com tuta.io tutanota.com tutanota.de \
    virgilio.it voila.fr wanadoo.fr web.de wp.pl zoho.com";

const DISPOSABLE: &str = "0-mail.com 10minutemail.com 20minutemail.com 33mail.com anonbox.net burnermail.io \
    discard.email discardmail.com dispostable.com emailondeck.com fakeinbox.com fakemail.net getairmail.com getnada.com \
    grr.la guerrillamail.biz guerrillamail.com guerrillamail.de guerrillamail.info guerrillamail.net guerrillamail.org \
    inboxbear.com inboxkitten.com incognitomail.org jetable.org mailcatch.com maildrop.cc mailexpire.com mailinator.com \
    mailinator.net mailnesia.com mailnull.com mailpoof.com mintemail.com moakt.cc moakt.com mohmal.com mytemp.email \
    mytrashmail.com nada.email nada.ltd sharklasers.com spam4.me spambog.com spambox.us spamgourmet.com temp-mail.io \
    temp-mail.org tempail.com tempinbox.com tempmail.com tempmail.net tempmail.plus tempmailo.com tempr.email \
    throwaway.email throwawaymail.com trash-mail.com trashmail.com trashmail.de trashmail.net trbvm.com wegwerfmail.de \
    yopmail.com yopmail.fr yopmail.net";

#[cfg(test)]
mod tests {
    use super::Provider;

    #[test]
    fn every_text_has_a_provider() {
        for (address, provider) in [
            ("ana@acme.example", Provider::Business),
            ("ANA@GMAIL.COM", Provider::Free),
            (" ana@orange.fr. ", Provider::Free),
            ("ana@mail.gmail.com", Provider::Business),
            ("ana@hotmail.co.uk", Provider::Free),
            ("ana@live.acme.example", Provider::Business),
            ("\"a@b\"@yopmail.com", Provider::Disposable),
            ("gmail.com", Provider::Business),
            ("", Provider::Business),
            ("@", Provider::Business),
        ] {
            assert_eq!(Provider::of(address), provider, "{address}");
        }
    }
}
