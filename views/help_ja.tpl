<h2>画面の見方</h2>
<dl class="marks">
% for kind, word, says in marks:
<div><dt>\\
% include('help_mark.tpl', kind=kind)
<b>{{word}}</b></dt><dd>{{says}}</dd></div>
% end
</dl>
<p>ノードの位置は変わりません。電力融通中のノードは中央に近づきます。ノードを押すと詳細が表示されます。Ctrl とホイール、または 2 本の指で拡大し、ダブルクリックで全体に戻ります。</p>
<h2>正常受信・更新停止・応答なし</h2>
<ul>
<li><b>正常受信</b>: ノード自身の時計が 30 秒以内に進みました(設定 <code>staleafter</code>)。</li>
<li><b>更新停止</b>: 進んでいません。表示は最後の値で、斜体です。</li>
<li><b>応答なし</b>: データに現れなくなったノードです。DC Grid 上で動作中の可能性があります。</li>
<li><b>監視されていない機器</b>: 最後に Wait 以外だった更新停止・応答なしのノードです。画面の最上部に表示され、確認されるまで Run は拒否されます。</li>
</ul>
<h2>Mode</h2>
<ul>
<li><b>Run</b>: ノード同士が自動で電力融通を行います。</li>
<li><b>Soft Stop</b>: 実行中の電力融通は終わるまで続き、新しい電力融通は始まりません。</li>
<li><b>Force Stop</b>: 電力融通をやめ、すべての DC/DC Converter を Wait にします。実行前に確認します。</li>
<li><b>Manual</b>: apis-main は DC/DC Converter を操作せず、人が操作します。実行前に確認します。</li>
</ul>
<p>Mode は、ノード自身のデータに現れて初めて有効とみなされます(操作から 2~10 秒)。それまでは保留で、ノードごとに表示されます。Local Mode は、クラスタが融通中でもそのノードを Soft Stop または Force Stop に抑えるだけです。Global Mode が Manual または Force Stop のときは効きません。「( clear )」で取り消します。「--」は何も選びません。</p>
<h2>停止</h2>
<ul>
<li><b>Stop all</b> はすべての DC/DC Converter を Wait にし、それぞれを確認します。電力融通を終わらせるためまず Force Stop、次に Wait、Manual ではすぐに Wait です。ロックや読取り専用でも妨げられません。</li>
<li><b>全停止してラッチ</b>(E-stop)は同じことを行い、その後は、名前と理由を入れて解除するまで、停止の操作だけが送られます。</li>
<li>どちらも非常停止(ISO 13850)ではなく、何も切り離しません。バッテリーとケーブルには電圧が残ります。危険時は盤の非常停止スイッチを使用してください。</li>
<li>ノードの <b>Stopped</b> と Set は、その DC/DC Converter を止めます。常に操作できます。</li>
</ul>
<h2>DC/DC Converter の手動操作</h2>
<p>Manual で、まず CV Mode(Voltage control)、DC Grid の電圧が立ち上がってから電流を操作します。止めるときは逆の順です。Grid current は + が充電、− が放電です。Bus voltage はすべての欄で同じ値です。操作は手順の規則で確認され、結果は欄の横に表示されます。</p>
<h2>手順付き融通</h2>
<p>上の手順を自動で行います。Manual が必要です。指定した時間または電力量で終わり、異常時や誰も見ていないときは安全な順序で終わります。</p>
<h2>ロック</h2>
<p>人が作業する間、ノードまたはクラスタの起動を防ぎます。停止はできます。何も切り離さず、DC Grid には電圧がある可能性があります。遮断器で切り離してください。</p>
<h2>キーボード</h2>
<ul>
<li>Tab で操作部を移動します。画面の図は 1 か所で、矢印・Home・End でノードを選び、Enter で詳細を開きます。</li>
<li>Escape は何も送らずに確認を閉じます。確認は、停止のもの以外、最初の 0.5 秒は答えを受け付けません。</li>
<li>押し続けたキーは 1 回だけ有効です。</li>
</ul>
<h2>リンク</h2>
<p><code>/?unit=E003</code> はノード、<code>/?filter=silent&amp;mode=manual</code> は絞り込み、<code>/?display=wall</code> は操作部のない壁面表示です。ノードの名前がそのリンクです。</p>
