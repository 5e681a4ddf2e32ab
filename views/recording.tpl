% if get('recording'):
<section aria-label="Recording" data-i18n-label="past.recording.label"><p class="banner recording" data-level="warn" id="recording" data-at="{{recording['at']}}" data-title="{{recording['title']}}" data-begin="{{recording['begin']}}" data-end="{{recording['end']}}">This is a recording{{' of ' + recording['title'] if recording['title'] else ''}} from {{recording['begin']}} to {{recording['end']}}: there is no grid behind it, and nothing can be ordered.</p></section>
% end
