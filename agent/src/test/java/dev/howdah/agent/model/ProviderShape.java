package dev.howdah.agent.model;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** What providers answer, each in its own form; always 10 tokens read and 5 written. */
enum ProviderShape {
    ANTHROPIC {
        @Override
        String answer(String text) {
            return "{\"id\": \"m1\", \"type\": \"message\", \"role\": \"assistant\", \"model\": \"tiny\", \"content\": "
                    + "[{\"type\": \"text\", \"text\": " + quoted(text) + "}], \"stop_reason\": \"end_turn\", "
                    + "\"usage\": {\"input_tokens\": 10, \"output_tokens\": 5}}";
        }

        @Override
        String stream(String... pieces) {
            return event("message_start", "{\"type\": \"message_start\", \"message\": {\"id\": \"m1\", \"type\": "
                    + "\"message\", \"role\": \"assistant\", \"model\": \"tiny\", \"content\": [], \"usage\": "
                    + "{\"input_tokens\": 10, \"output_tokens\": 1}}}")
                    + event("content_block_start", "{\"type\": \"content_block_start\", \"index\": 0, "
                            + "\"content_block\": {\"type\": \"text\", \"text\": \"\"}}")
                    + Stream.of(pieces).map(piece -> event("content_block_delta", "{\"type\": \"content_block_delta\", "
                            + "\"index\": 0, \"delta\": {\"type\": \"text_delta\", \"text\": " + quoted(piece) + "}}"))
                            .collect(Collectors.joining())
                    + event("content_block_stop", "{\"type\": \"content_block_stop\", \"index\": 0}")
                    + event("message_delta", "{\"type\": \"message_delta\", \"delta\": {\"stop_reason\": "
                            + "\"end_turn\"}, \"usage\": {\"output_tokens\": 5}}")
                    + event("message_stop", "{\"type\": \"message_stop\"}");
        }

        private String event(String name, String data) {
            return "event: " + name + "\ndata: " + data + "\n\n";
        }
    },
    OPENAI {
        @Override
        String answer(String text) {
            return "{\"id\": \"c1\", \"object\": \"chat.completion\", \"created\": 1, \"model\": \"tiny\", \"choices\": "
                    + "[{\"index\": 0, \"message\": {\"role\": \"assistant\", \"content\": " + quoted(text)
                    + "}, \"finish_reason\": \"stop\"}], \"usage\": {\"prompt_tokens\": 10, \"completion_tokens\": 5, "
                    + "\"total_tokens\": 15}}";
        }

        @Override
        String stream(String... pieces) {
            return Stream.of(pieces).map(piece -> chunk("[{\"index\": 0, \"delta\": {\"content\": " + quoted(piece)
                    + "}}]", "null")).collect(Collectors.joining())
                    + chunk("[{\"index\": 0, \"delta\": {}, \"finish_reason\": \"stop\"}]", "null")
                    + chunk("[]", "{\"prompt_tokens\": 10, \"completion_tokens\": 5, \"total_tokens\": 15}")
                    + "data: [DONE]\n\n";
        }

        private String chunk(String choices, String usage) {
            return "data: {\"id\": \"c1\", \"object\": \"chat.completion.chunk\", \"created\": 1, \"model\": \"tiny\", "
                    + "\"choices\": " + choices + ", \"usage\": " + usage + "}\n\n";
        }
    },
    OLLAMA {
        @Override
        String answer(String text) {
            return line(text, true);
        }

        @Override
        String stream(String... pieces) {
            return Stream.of(pieces).map(piece -> line(piece, false)).collect(Collectors.joining()) + line("", true);
        }

        @Override
        String refusal(String type, String message) {
            return "{\"error\": " + quoted(message) + "}";
        }

        private String line(String text, boolean isLast) {
            return "{\"model\": \"tiny\", \"created_at\": \"2027-01-01T00:00:00Z\", \"message\": {\"role\": "
                    + "\"assistant\", \"content\": " + quoted(text) + "}, \"done\": " + isLast + (isLast
                            ? ", \"done_reason\": \"stop\", \"prompt_eval_count\": 10, \"eval_count\": 5"
                            : "")
                    + "}\n";
        }
    };

    abstract String answer(String text);

    abstract String stream(String... pieces);

    String refusal(String type, String message) {
        return "{\"type\": \"error\", \"error\": {\"type\": " + quoted(type) + ", \"message\": " + quoted(message)
                + "}}";
    }

    ModelProvider provider() {
        return ModelProvider.valueOf(name());
    }

    private static String quoted(String text) {
        return JsonMapper.shared().writeValueAsString(text);
    }
}
