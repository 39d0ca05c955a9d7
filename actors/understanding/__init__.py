"""What the words of a reply mean; `actors.reply_text` is the way in. Pure."""
