//! What a page prints around comments and nobody wrote: the comment form, reply links.

/// Whether the line begins the form below the comments.
pub fn is_form(line: &str) -> bool {
    let line = line.trim_end_matches(['.', '*', ':', ' ', '»']).to_lowercase();
    FORM.iter().any(|start| line.starts_with(start)) && line.len() < 200
}

/// Whether the line is nothing but the link below a comment that answers it.
fn is_reply_link(line: &str) -> bool {
    let line = line.trim_matches(['↓', '↩', '→', '»', '[', ']', '(', ')', ' ']).to_lowercase();
    REPLY.contains(&line.as_str())
}

/// A comment's text without the reply link that ends it, if one does.
pub fn without_reply_link(body: &str) -> &str {
    body.rsplit_once('\n').filter(|(_, last)| is_reply_link(last)).map_or(body, |(text, _)| text.trim_end())
}

const FORM: &[&str] = &[
    "leave a reply",
    "leave a comment",
    "leave your comment",
    "cancel reply",
    "click here to cancel",
    "post a comment",
    "add a comment",
    "add your comment",
    "submit a comment",
    "write a comment",
    "your email address will not be",
    "required fields are marked",
    "save my name, email",
    "notify me of",
    "you must be logged in to",
    "comments are closed",
    "hinterlasse einen kommentar",
    "schreibe einen kommentar",
    "kommentar verfassen",
    "antwort abbrechen",
    "deine e-mail-adresse wird nicht",
    "laisser un commentaire",
    "annuler la réponse",
    "deja un comentario",
    "deja una respuesta",
    "lascia un commento",
    "geef een reactie",
    "добавить комментарий",
];

const REPLY: &[&str] = &[
    "reply",
    "log in to reply",
    "reply to this comment",
    "reply to comment",
    "antwort",
    "antworten",
    "auf diesen kommentar antworten",
    "répondre",
    "responder",
    "rispondi",
    "beantwoorden",
    "reageer",
    "odpowiedz",
    "svara",
    "svar",
    "ответить",
    "permalink",
    "quote",
    "zitieren",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_reply_links() {
        assert!(is_form("Leave a Reply"));
        assert!(is_form("Your email address will not be published. Required fields are marked *"));
        assert!(!is_form("I leave replies to others"));
        assert!(is_reply_link("Reply ↓"));
        assert!(is_reply_link("Antworten"));
        assert!(!is_reply_link("Reply to Ada: no"));
    }
}
