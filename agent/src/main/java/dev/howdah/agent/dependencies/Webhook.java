package dev.howdah.agent.dependencies;

import dev.howdah.agent.http.OutboundAddress;
import java.net.URI;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Posts to a chat's webhook; the message's shape is Discord's, which others understand too. */
final class Webhook implements ActionSender {
    private static final int RED = 0xE03131;
    private static final int YELLOW = 0xF08C00;
    private static final int DESCRIPTION_CHARACTERS_MAX = 2000;

    private final OutboundAddress address;
    private final HttpSender http;

    Webhook(URI address, HttpSender http) {
        this.address = new OutboundAddress(address);
        this.http = http;
    }

    @Override
    public void send(Action action) throws NotSentException, RefusedException {
        var message = JsonMapper.shared().createObjectNode().put("content", action.title());
        // Whatever a repository's text says, nobody is to be pinged by it.
        message.putObject("allowed_mentions").putArray("parse");
        var body = action.body();
        message.putArray("embeds").addObject()
                .put("title", action.targetRepo())
                .put("description", body.substring(0, Math.min(body.length(), DESCRIPTION_CHARACTERS_MAX)))
                .put("color", action.urgency().equals("critical") ? RED : YELLOW);
        http.post(address, Map.of(), message);
    }
}
